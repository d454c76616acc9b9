using System.Numerics.Tensors;
using DandelionMl.Registry;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Training;

/// <summary>A head fitted to the training images of a manifest and measured on its test images. The same images, labels, split and
/// options give the same head.</summary>
/// <param name="Head">The head.</param>
/// <param name="Epochs">How its training went.</param>
/// <param name="Metrics">How well it does on the test images.</param>
/// <param name="Choice">How strongly it is regularised and why; null by <see cref="HeadMethod.Reference"/>.</param>
/// <param name="Familiar">What tells unknown photos; null where there are too few training images.</param>
/// <param name="Sets">What tells the classes that a photo may be of; null where there are too few training images.</param>
internal sealed record HeadFit(
    LinearHead Head, IReadOnlyList<EpochMetrics> Epochs, ModelMetrics Metrics, StrengthChoice? Choice, FamiliarRegion? Familiar, PredictionSets? Sets)
{
    /// <param name="manifest">The images in canonical order: the order is part of the result.</param>
    /// <param name="embeddings">The embedding of each image, by SHA-256.</param>
    /// <param name="labels">The classes, in the order of the head's probabilities.</param>
    /// <param name="options">How to train.</param>
    /// <param name="duplicateThreshold">Cosine similarity from which two images count as one photo; null to count none so.</param>
    /// <param name="progress">Told of each epoch.</param>
    /// <param name="cancellationToken">Cancels before the next step.</param>
    /// <exception cref="InvalidEmbeddingException">An embedding has another length than the others, or a value that is no finite
    /// number.</exception>
    public static async Task<HeadFit> RunAsync(
        TrainingManifest manifest,
        IReadOnlyDictionary<string, ReadOnlyMemory<float>> embeddings,
        IReadOnlyList<string> labels,
        TrainingOptions options,
        float? duplicateThreshold,
        IProgress<EpochMetrics>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var targets = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        var (train, test) = (Side(DataSplit.Train), Side(DataSplit.Test));
        Check([.. train, .. test]);
        var epochs = new List<EpochMetrics>();
        var recorder = new SynchronousProgress<EpochMetrics>(epoch =>
        {
            epochs.Add(epoch);
            progress?.Report(epoch);
        });
        var (head, choice, heldOut) = await Task.Run(Fit, cancellationToken).ConfigureAwait(false);
        var photos = duplicateThreshold is null ? null : DistinctPhotos.Find(
            [.. manifest.Images.Where(image => image.Split == DataSplit.Test)], embeddings, duplicateThreshold, cancellationToken);
        var sets = heldOut is not null
            ? PredictionSetsFit.Find(heldOut, head.Temperature, [.. train.Select(image => image.Leader)], labels.Count, options.PredictionSetCoverage)
            : null;
        var (metrics, before) = (Measure(head, sets), head.Temperature == 1 ? null : Measure(head.Uncalibrated));
        var familiar = await Task.Run(
            () => FamiliarRegionFit.Find(train, options.UnknownFalseAlarmRate, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new HeadFit(
            head, epochs,
            metrics with
            {
                DuplicateThreshold = duplicateThreshold,
                UncalibratedLoss = before?.Loss,
                UncalibratedCalibrationError = before?.ExpectedCalibrationError,
            },
            choice, familiar, sets);

        List<LabelledEmbedding> Side(DataSplit split) =>
        [
            .. manifest.Images.Where(image => image.Split == split)
                .Select(image => new LabelledEmbedding(image.Sha256, image.Label, embeddings[image.Sha256]) { Leader = image.Leader ?? image.Sha256 }),
        ];

        (LinearHead Head, StrengthChoice? Choice, HeldOutLogits? HeldOut) Fit()
        {
            if (options.Method == HeadMethod.Reference)
            {
                int[] own = [.. train.Select(image => targets[image.Label])];
                var folds = ReferenceFolds.Run(train, own, labels.Count, options, cancellationToken);
                var byReference = HeadTrainer.Fit(
                    [.. train.Select(image => image.Embedding.ToArray())], own, labels.Count, options,
                    new SynchronousProgress<EpochMetrics>(epoch => recorder.Report(epoch with
                    {
                        HeldOutLoss = folds?.Epochs[epoch.Epoch - 1].Loss,
                        HeldOutAccuracy = folds?.Epochs[epoch.Epoch - 1].Accuracy,
                    })),
                    cancellationToken);
                return (byReference, null, folds?.HeldOut);
            }

            var fit = LogisticTrainer.Fit(train, labels, options.BalanceClasses, recorder, cancellationToken);
            return (fit.Head, fit.Choice, fit.Choice.HeldOut);
        }

        ModelMetrics Measure(LinearHead measured, PredictionSets? sets = null) => Evaluation.Measure(
            labels, [.. test.Select(image => new EvaluatedImage(measured.Classify(image.Embedding.Span), targets[image.Label]))], photos, sets);
    }

    /// <exception cref="InvalidEmbeddingException">An embedding has another length than the others, or a value that is no finite
    /// number.</exception>
    internal static void Check(IReadOnlyList<LabelledEmbedding> images)
    {
        // Break, in place of Stop, so that it is always the first one that is named.
        var first = Parallel.For(0, images.Count, (index, loop) =>
        {
            if (!HasLength(images[index]) || !TensorPrimitives.IsFiniteAll(images[index].Embedding.Span))
            {
                loop.Break();
            }
        });
        if (first.LowestBreakIteration is { } wrong)
        {
            var image = images[(int)wrong];
            throw new InvalidEmbeddingException(HasLength(image)
                ? $"The embedding of image {image.Sha256} holds a value that is infinite or not a number: its backbone, or what is kept of it, is broken."
                : $"The embedding of image {image.Sha256} has {image.Embedding.Length} values, and that of image {images[0].Sha256} has "
                    + $"{images[0].Embedding.Length}: all must have the same length, above 0.");
        }

        bool HasLength(LabelledEmbedding image) => image.Embedding.Length > 0 && image.Embedding.Length == images[0].Embedding.Length;
    }
}
