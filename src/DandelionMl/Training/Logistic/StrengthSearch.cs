namespace DandelionMl.Training.Logistic;

/// <summary>Chooses how strongly a head is regularised, by cross-validation: the strength with the least log loss on photos held out.</summary>
/// <remarks>The plain minimum: the strongest within one standard error of it had a log loss of 0.150 in place of 0.131 and twice the calibration
/// error on the photos of <c>benchmarks head</c> with the built-in backbone, and the same within rounding with MobileNetV2.</remarks>
internal static class StrengthSearch
{
    // Strengths that are tried beyond the best so far, in vain, before the search ends.
    private const int Patience = 2;

    // A strength in doubt is told by far more than what is left at this gradient.
    private const double Tolerance = 1e-4;

    // Photos that may be fitted to, all folds of a strength together, and the same times outputs: of more, fewer folds are fitted.
    private const int MostPhotos = 3000;
    private const int MostPhotoOutputs = 1_000_000;

    /// <summary>The strengths, from strong to weak: each fit starts at the one before.</summary>
    public static readonly IReadOnlyList<double> Strengths = [.. Enumerable.Range(-2, 11).Select(step => Math.Pow(10, -step / 2.0))];

    /// <summary>The strength where there are too few photos to hold any out.</summary>
    public const double Fallback = 0.1;

    /// <summary>Chooses.</summary>
    /// <param name="problem">The photos.</param>
    /// <param name="folds">How they are divided.</param>
    /// <param name="cancellationToken">Cancels before the next iteration of a fit.</param>
    public static StrengthChoice Run(LogisticProblem problem, IReadOnlyList<Fold> folds, CancellationToken cancellationToken = default)
    {
        if (folds.Count == 0)
        {
            return new StrengthChoice(Fallback, [], null);
        }

        var fitted = folds.Take(Affordable(folds[0].Trained.Length, problem.Outputs)).ToArray();
        var points = Array.ConvertAll(fitted, _ => problem.Zero());
        var choice = new StrengthChoice(0, [], null);
        foreach (var strength in Strengths)
        {
            var heldOut = HoldOut(problem, fitted, points, strength, cancellationToken);
            choice = choice.With(new TriedStrength(strength, heldOut.Loss(temperature: 1)), heldOut);
            if (choice.InVain >= Patience)
            {
                break;
            }
        }

        return choice;
    }

    private static int Affordable(int photos, int outputs) => Math.Max(1, Math.Min(MostPhotos / photos, MostPhotoOutputs / photos / outputs));

    private static HeldOutLogits HoldOut(
        LogisticProblem problem, Fold[] folds, double[][] points, double strength, CancellationToken cancellationToken)
    {
        var logits = new double[folds.Length][];
        Parallel.For(0, folds.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            problem.Fit(folds[index].Trained, strength, points[index], Tolerance, cancellationToken: cancellationToken);
            logits[index] = LogisticLoss.Logits(problem, folds[index].Held, points[index]);
        });
        int[] photos = [.. folds.SelectMany(fold => fold.Held)];
        return new HeldOutLogits(
            [.. logits.SelectMany(values => values)], photos, [.. photos.Select(photo => problem.Targets[photo])], problem.Outputs, problem.ClassWeights);
    }
}

/// <summary>What a search found.</summary>
/// <param name="Strength">The strength with the least log loss.</param>
/// <param name="Tried">All that were tried, from strong to weak; empty if no photo could be held out.</param>
/// <param name="HeldOut">The logits at it of photos held out; null if none could be.</param>
internal sealed record StrengthChoice(double Strength, IReadOnlyList<TriedStrength> Tried, HeldOutLogits? HeldOut)
{
    /// <summary>Number of strengths that were tried since the best one.</summary>
    public int InVain => Tried.Reverse().TakeWhile(tried => tried.Strength != Strength).Count();

    /// <summary>The choice with one more that was tried.</summary>
    public StrengthChoice With(TriedStrength next, HeldOutLogits heldOut) => Tried.Count == 0 || next.LogLoss < Tried.Min(tried => tried.LogLoss)
        ? new StrengthChoice(next.Strength, [.. Tried, next], heldOut)
        : this with { Tried = [.. Tried, next] };
}

/// <summary>A strength that was tried.</summary>
/// <param name="Strength">The strength.</param>
/// <param name="LogLoss">Mean log loss on photos held out, in nats.</param>
internal sealed record TriedStrength(double Strength, double LogLoss);
