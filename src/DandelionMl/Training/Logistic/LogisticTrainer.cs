using DandelionMl.Registry;

namespace DandelionMl.Training.Logistic;

/// <summary>Fits a <see cref="LinearHead"/> by L2-regularised logistic regression, binary for two classes and multinomial for more, to the one
/// optimum that it has: no seed, order of the photos or number of passes changes it.</summary>
/// <remarks>
/// <para>What is minimised is mean loss + λ/2 · |w|², where the bias is not regularised and the embeddings are moved and scaled by one number
/// so that their mean is zero and their mean squared length one. Its strength is λ · number of photos, which is 1/C of scikit-learn's
/// LogisticRegression on embeddings so scaled: it belongs to the classes, not to the number of photos, so that one chosen on some holds
/// for all.</para>
/// <para>The strength is chosen by repeated stratified cross-validation, with near-duplicates kept together, as the linear classifiers of
/// DINOv2 are (Oquab et al. 2023); its photos held out give the temperature, too (Guo et al. 2017). Of more than
/// <see cref="SearchSample.Enough"/> photos a part is enough for both.</para>
/// </remarks>
internal static class LogisticTrainer
{
    // Far below what moves a prediction: scikit-learn's default is 1e-4.
    private const double Tolerance = 1e-6;

    // With few photos their own space is so much smaller than the embeddings' that finding it pays.
    private const int ValuesPerPhoto = 3;

    /// <summary>Fits a head.</summary>
    /// <param name="images">The photos with their groups of near-duplicates, in an order that is always the same.</param>
    /// <param name="labels">The classes, in the order of the head's probabilities.</param>
    /// <param name="balanceClasses">Whether each class counts the same, whatever the number of its photos.</param>
    /// <param name="progress">Told of each iteration of the fit to all photos.</param>
    /// <param name="cancellationToken">Cancels before the next iteration.</param>
    public static LogisticFit Fit(
        IReadOnlyList<LabelledEmbedding> images,
        IReadOnlyList<string> labels,
        bool balanceClasses = false,
        IProgress<EpochMetrics>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var indexes = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        int[] targets = [.. images.Select(image => indexes[image.Label])];
        string[] hashes = [.. images.Select(image => image.Sha256)];
        int[] all = [.. Enumerable.Range(0, images.Count)];
        var scaled = new ScaledEmbeddings([.. images.Select(image => image.Embedding)]);

        var sample = SearchSample.Choose(hashes, targets);
        var space = sample.Length * ValuesPerPhoto <= scaled.Width ? RowSpace.Of(scaled, sample) : null;
        var onSample = new LogisticProblem(
            space ?? (IFeatureRows)scaled, targets, labels.Count, WeightsOf(targets, labels.Count, balanceClasses));
        var groups = Array.ConvertAll(sample, photo => images[photo].Leader);
        var choice = StrengthSearch.Run(onSample, [.. GroupedFolds.Divide(sample, hashes, targets, groups)], cancellationToken);

        var problem = sample.Length == all.Length ? onSample : onSample with { Rows = scaled };
        var point = problem.Zero();
        var iterations = 0;
        problem.Fit(
            all, choice.Strength, point, Tolerance,
            loss => progress?.Report(new EpochMetrics(++iterations, loss.Loss, loss.Accuracy)), cancellationToken);

        var width = problem.Outputs * problem.Rows.Width;
        var (weights, bias) = scaled.Unscale(
            problem.Rows is RowSpace own ? own.ToOwn(point.AsSpan(0, width), problem.Outputs) : point.AsSpan(0, width), point.AsSpan(width));
        return new LogisticFit(new LinearHead(labels.Count, weights, bias, (float)(choice.HeldOut?.FindTemperature() ?? 1)), choice);
    }

    private static double[] WeightsOf(int[] targets, int classes, bool balanced)
    {
        var counts = targets.CountBy(target => target).ToDictionary();
        return [.. Enumerable.Range(0, classes).Select(index => balanced ? (double)targets.Length / classes / counts.GetValueOrDefault(index, 1) : 1)];
    }
}

/// <summary>A head, and how its strength was chosen.</summary>
/// <param name="Head">The head, with its temperature.</param>
/// <param name="Choice">What the search found.</param>
internal sealed record LogisticFit(LinearHead Head, StrengthChoice Choice);
