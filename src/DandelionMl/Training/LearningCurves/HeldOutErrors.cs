using System.Numerics.Tensors;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Training.LearningCurves;

/// <summary>How often heads that were trained on growing shares of the photos are wrong about each photo that was held out.</summary>
/// <param name="Sizes">Number of distinct photos that were trained on, from the smallest share, of the class that grows alone where one does; means over
/// the folds.</param>
/// <param name="Errors">For each distinct photo and each share, how often the heads were wrong, 0 to 1.</param>
/// <param name="Targets">The class of each distinct photo.</param>
internal sealed record HeldOutErrors(double[] Sizes, double[][] Errors, int[] Targets)
{
    // What is right or wrong does not depend on more digits.
    private const double Tolerance = 1e-3;

    // Distinct photos in all divisions together: of few there are many divisions, whose chance is averaged out.
    private const int EnoughPhotos = 1500;
    private const int MostRepeats = 10;

    /// <summary>Measures.</summary>
    /// <param name="problem">The images.</param>
    /// <param name="photos">The images of each distinct photo.</param>
    /// <param name="strength">How strongly heads are regularised.</param>
    /// <param name="alone">The class that grows alone, with all photos of the others; null for all.</param>
    /// <param name="cancellationToken">Cancels before the next iteration of a fit.</param>
    public static HeldOutErrors Measure(
        LogisticProblem problem, IReadOnlyList<int[]> photos, double strength, GrowingClass? alone = null, CancellationToken cancellationToken = default)
    {
        int[] targets = [.. photos.Select(images => problem.Targets[images[0]])];
        var repeats = Math.Clamp(EnoughPhotos / photos.Count, 1, MostRepeats);
        GrowingShares[] folds = [.. Enumerable.Range(0, repeats).SelectMany(repeat => GrowingShares.Divide(photos, targets, repeat, alone?.Target))];
        var sizes = folds[0].Sizes.Select((_, share) => folds.Average(fold => fold.Sizes[share])).ToArray();
        var wrong = Array.ConvertAll(folds, _ => Array.Empty<bool[]>());
        Parallel.For(0, folds.Length, new ParallelOptions { CancellationToken = cancellationToken }, fold =>
            wrong[fold] = FindWrong(problem, folds[fold], strength, alone, cancellationToken));

        // By image, then by photo: each image was held out once a division.
        var sums = Array.ConvertAll(problem.Targets, _ => new double[sizes.Length]);
        foreach (var (fold, answers) in folds.Zip(wrong))
        {
            for (var share = 0; share < sizes.Length; share++)
            {
                foreach (var (image, isWrong) in fold.Held.Zip(answers[share]))
                {
                    sums[image][share] += isWrong ? 1.0 / repeats : 0;
                }
            }
        }

        return new HeldOutErrors(
            sizes, [.. photos.Select(images => sizes.Select((_, share) => images.Average(image => sums[image][share])).ToArray())], targets);
    }

    /// <summary>The errors of a class's photos.</summary>
    public double[][] Of(int target) => [.. Errors.Where((_, photo) => Targets[photo] == target)];

    private static bool[][] FindWrong(
        LogisticProblem problem, GrowingShares shares, double strength, GrowingClass? alone, CancellationToken cancellationToken)
    {
        var point = problem.Zero();
        return [.. shares.Shares.Zip(shares.Sizes, (trained, size) =>
        {
            // Each begins where the one before ended, as they have much in common.
            var weighted = alone is null ? problem : alone.Weigh(problem, size, shares.Sizes[^1]);
            weighted.Fit(trained, strength, point, Tolerance, cancellationToken: cancellationToken);
            var logits = LogisticLoss.Logits(problem, shares.Held, point);
            return shares.Held.Select((image, index) => Answer(logits.AsSpan(index * problem.Outputs, problem.Outputs)) != problem.Targets[image]).ToArray();
        })];
    }

    private static int Answer(ReadOnlySpan<double> logits) =>
        logits.Length == 1 ? (logits[0] > 0 ? 1 : 0) : TensorPrimitives.IndexOfMax(logits);
}
