using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>A head fitted to the training images of a manifest and measured on its test images. The same images, labels, split and
/// options give the same head.</summary>
/// <param name="Head">The head.</param>
/// <param name="Epochs">How its training went.</param>
/// <param name="Metrics">How well it does on the test images.</param>
/// <param name="Familiar">What tells unknown photos; null where there are too few training images.</param>
internal sealed record HeadFit(LinearHead Head, IReadOnlyList<EpochMetrics> Epochs, ModelMetrics Metrics, FamiliarRegion? Familiar)
{
    /// <param name="manifest">The images in canonical order: the order is part of the result.</param>
    /// <param name="embeddings">The embedding of each image, by SHA-256.</param>
    /// <param name="labels">The classes, in the order of the head's probabilities.</param>
    /// <param name="options">How to train.</param>
    /// <param name="duplicateThreshold">Cosine similarity from which two test images count as one photo; null to count none so.</param>
    /// <param name="progress">Told of each epoch.</param>
    /// <param name="cancellationToken">Cancels before the next step.</param>
    public static async Task<HeadFit> RunAsync(
        TrainingManifest manifest,
        IReadOnlyDictionary<string, float[]> embeddings,
        IReadOnlyList<string> labels,
        TrainingOptions options,
        float? duplicateThreshold,
        IProgress<EpochMetrics>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var targets = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        var (train, test) = (Side(DataSplit.Train), Side(DataSplit.Test));
        var epochs = new List<EpochMetrics>(options.Epochs);
        var recorder = new SynchronousProgress<EpochMetrics>(epoch =>
        {
            epochs.Add(epoch);
            progress?.Report(epoch);
        });
        var head = await Task.Run(
            () => HeadTrainer.Fit(
                [.. train.Select(image => image.Embedding)], [.. train.Select(image => image.Target)], labels.Count, options, recorder,
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
        var photos = duplicateThreshold is null ? null : DistinctPhotos.Find(
            [.. manifest.Images.Where(image => image.Split == DataSplit.Test)], embeddings, duplicateThreshold, cancellationToken);
        var metrics = Evaluation.Measure(
            labels, [.. test.Select(image => new EvaluatedImage(head.Classify(image.Embedding), image.Target))], photos);
        var familiar = await Task.Run(
            () => FamiliarRegionFit.Find(
                [.. train.Select(image => image.Embedding)], options.UnknownFalseAlarmRate, duplicateThreshold, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new HeadFit(head, epochs, metrics with { DuplicateThreshold = duplicateThreshold }, familiar);

        List<(float[] Embedding, int Target)> Side(DataSplit split) =>
        [
            .. manifest.Images.Where(image => image.Split == split)
                .Select(image => (embeddings[image.Sha256], targets[image.Label])),
        ];
    }
}
