using System.Numerics.Tensors;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Training.WrongLabels;

/// <summary>What each photo is taken for by heads that were not trained on it, nor on a near-duplicate of it.</summary>
internal static class HeldOutProbabilities
{
    // A label in doubt is told by far more than what is left at this gradient.
    private const double Tolerance = 1e-4;

    // Photos that a fold is fitted to, and the same times outputs: of more, a share of each class, so that it takes no longer.
    private const int MostPhotos = 10_000;
    private const int MostPhotoOutputs = 2_000_000;

    // Of few photos each is held out several times, as much hangs on what else is.
    private const int FewPhotos = 2_000;

    /// <summary>Computes them, at the strength and the temperature that a training on all the photos would choose.</summary>
    /// <param name="images">The photos with their groups of near-duplicates, in an order that is always the same.</param>
    /// <param name="labels">The classes, at least two, in the order of the probabilities.</param>
    /// <param name="balanceClasses">Whether each class counts the same, whatever the number of its photos.</param>
    /// <param name="cancellationToken">Cancels before the next iteration of a fit.</param>
    /// <returns>For each photo a probability a class, null for one that can't be held out because its class has no other; null where all
    /// embeddings are alike.</returns>
    public static float[]?[]? Of(
        IReadOnlyList<LabelledEmbedding> images,
        IReadOnlyList<string> labels,
        bool balanceClasses = false,
        CancellationToken cancellationToken = default)
    {
        var setup = LogisticSetup.Of(images, labels, balanceClasses, cancellationToken);
        if (setup.Scaled.AreAlike)
        {
            return null;
        }

        string[] hashes = [.. images.Select(image => image.Sha256)];
        var targets = setup.Problem.Targets;
        var most = Math.Min(MostPhotos, Math.Max(SearchSample.Enough, MostPhotoOutputs / setup.Problem.Outputs));
        var folds = GroupedFolds.Divide(
            [.. Enumerable.Range(0, images.Count)], hashes, targets, [.. images.Select(image => image.Leader)],
            repeats: (long)images.Count * setup.Problem.Outputs <= FewPhotos ? GroupedFolds.Repeats : 1).ToArray();

        // What is flagged at first is left out of the second look: wrong labels that teach the heads vouch for each other.
        var flagged = ConfidentLearning.Rank(Look([]), targets).Where(doubt => doubt.IsFlagged).Select(doubt => doubt.Photo).ToHashSet();
        return Look(flagged);

        float[]?[] Look(HashSet<int> without)
        {
            var logits = new double[folds.Length][];
            Parallel.For(0, folds.Length, new ParallelOptions { CancellationToken = cancellationToken }, fold =>
            {
                var point = setup.Problem.Zero();
                var trained = Share(Without(folds[fold].Trained, without, targets), hashes, targets, most);
                setup.Problem.Fit(trained, setup.Choice.Strength, point, Tolerance, cancellationToken: cancellationToken);
                logits[fold] = LogisticLoss.Logits(setup.Problem, folds[fold].Held, point);
            });
            return Average(folds, logits, labels.Count, setup.Choice.HeldOut?.FindTemperature() ?? 1, images.Count);
        }
    }

    /// <summary>Leaves photos out, but no class as a whole.</summary>
    private static int[] Without(int[] photos, HashSet<int> without, int[] targets)
    {
        var left = photos.Where(photo => !without.Contains(photo)).Select(photo => targets[photo]).ToHashSet();
        return [.. photos.Where(photo => !without.Contains(photo) || !left.Contains(targets[photo]))];
    }

    private static int[] Share(int[] photos, string[] hashes, int[] targets, int most) =>
    [
        .. SearchSample.Choose(Array.ConvertAll(photos, photo => hashes[photo]), Array.ConvertAll(photos, photo => targets[photo]), most)
            .Select(index => photos[index]),
    ];

    private static float[]?[] Average(Fold[] folds, double[][] logits, int classes, double temperature, int photos)
    {
        var (averages, times) = (new float[photos][], new int[photos]);
        foreach (var (fold, ofFold) in folds.Zip(logits))
        {
            foreach (var (index, photo) in fold.Held.Index())
            {
                var outputs = LinearHead.OutputsFor(classes);
                var probabilities = ToProbabilities(ofFold.AsSpan(index * outputs, outputs), temperature, classes);
                averages[photo] ??= new float[classes];
                TensorPrimitives.Add(averages[photo], probabilities, averages[photo]);
                times[photo]++;
            }
        }

        foreach (var (photo, average) in averages.Index().Where(item => item.Item is not null))
        {
            TensorPrimitives.Divide(average, times[photo], average);
        }

        return averages;
    }

    private static float[] ToProbabilities(ReadOnlySpan<double> logits, double temperature, int classes)
    {
        // Of two classes one logit stands for both: the other's is zero.
        var all = new double[classes];
        logits.CopyTo(all.AsSpan(classes - logits.Length));
        TensorPrimitives.Divide(all, temperature, all);
        TensorPrimitives.Subtract(all, TensorPrimitives.Max<double>(all), all);
        TensorPrimitives.SoftMax(all, all);
        var probabilities = new float[classes];
        TensorPrimitives.ConvertTruncating<double, float>(all, probabilities);
        return probabilities;
    }
}
