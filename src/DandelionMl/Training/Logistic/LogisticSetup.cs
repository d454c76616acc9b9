namespace DandelionMl.Training.Logistic;

/// <summary>Photos to fit a head to, and how strongly it is to be regularised.</summary>
/// <param name="Problem">All photos.</param>
/// <param name="Scaled">Their embeddings.</param>
/// <param name="Choice">What the search for the strength found.</param>
internal sealed record LogisticSetup(LogisticProblem Problem, ScaledEmbeddings Scaled, StrengthChoice Choice)
{
    // With few photos their own space is so much smaller than the embeddings' that finding it pays.
    private const int ValuesPerPhoto = 3;

    /// <summary>Chooses the strength.</summary>
    /// <param name="images">The photos with their groups of near-duplicates, in an order that is always the same.</param>
    /// <param name="labels">The classes, in the order of the head's probabilities.</param>
    /// <param name="balanceClasses">Whether each class counts the same, whatever the number of its photos.</param>
    /// <param name="cancellationToken">Cancels before the next iteration.</param>
    public static LogisticSetup Of(
        IReadOnlyList<LabelledEmbedding> images, IReadOnlyList<string> labels, bool balanceClasses, CancellationToken cancellationToken)
    {
        var indexes = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        int[] targets = [.. images.Select(image => indexes[image.Label])];
        string[] hashes = [.. images.Select(image => image.Sha256)];
        var scaled = new ScaledEmbeddings([.. images.Select(image => image.Embedding)]);

        var sample = SearchSample.Choose(hashes, targets);
        var space = sample.Length * ValuesPerPhoto <= scaled.Width ? RowSpace.Of(scaled, sample) : null;
        var onSample = new LogisticProblem(
            space ?? (IFeatureRows)scaled, targets, labels.Count, WeightsOf(targets, labels.Count, balanceClasses));
        var groups = Array.ConvertAll(sample, photo => images[photo].Leader);
        var choice = StrengthSearch.Run(onSample, [.. GroupedFolds.Divide(sample, hashes, targets, groups)], cancellationToken);
        return new LogisticSetup(sample.Length == images.Count ? onSample : onSample with { Rows = scaled }, scaled, choice);
    }

    private static double[] WeightsOf(int[] targets, int classes, bool balanced)
    {
        var counts = targets.CountBy(target => target).ToDictionary();
        return [.. Enumerable.Range(0, classes).Select(index => balanced ? (double)targets.Length / classes / counts.GetValueOrDefault(index, 1) : 1)];
    }
}
