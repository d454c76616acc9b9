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
        var (problem, scaled, choice) = LogisticSetup.Of(images, labels, balanceClasses, cancellationToken);
        var point = problem.Zero();
        var iterations = 0;
        problem.Fit(
            [.. Enumerable.Range(0, images.Count)], choice.Strength, point, Tolerance,
            loss => progress?.Report(new EpochMetrics(++iterations, loss.Loss, loss.Accuracy)), cancellationToken);

        var width = problem.Outputs * problem.Rows.Width;
        var (weights, bias) = scaled.Unscale(
            problem.Rows is RowSpace own ? own.ToOwn(point.AsSpan(0, width), problem.Outputs) : point.AsSpan(0, width), point.AsSpan(width));
        return new LogisticFit(new LinearHead(labels.Count, weights, bias, (float)(choice.HeldOut?.FindTemperature() ?? 1)), choice);
    }
}

/// <summary>A head, and how its strength was chosen.</summary>
/// <param name="Head">The head, with its temperature.</param>
/// <param name="Choice">What the search found.</param>
internal sealed record LogisticFit(LinearHead Head, StrengthChoice Choice);
