using DandelionMl.Registry;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Training;

/// <summary>Finds how probable a class has to be for a photo to be possibly of it.</summary>
/// <remarks>
/// <para>The bound of a class is the probability of rank ⌊(n + 1) × (1 − coverage)⌋, from below, that its n photos were given for it while they
/// were held out, as in split conformal prediction by class (Vovk, Gammerman and Shafer 2005). That they were held out of heads fitted to
/// four fifths of the photos each is cross-conformal prediction (Vovk 2015).</para>
/// <para>A class with too few photos for the coverage, fewer than 19 for 95 %, has the bound of all photos together, as the rare classes of
/// clustered conformal prediction have (Ding, Angelopoulos, Bates, Jordan and Tibshirani 2023).</para>
/// <para>Near-duplicates count as one photo: ten shots of one plant tell no more than one does.</para>
/// </remarks>
internal static class PredictionSetsFit
{
    /// <summary>Finds the bounds.</summary>
    /// <param name="heldOut">What photos were given while they were held out.</param>
    /// <param name="temperature">What logits are divided by.</param>
    /// <param name="leaders">For every photo, what names its group of near-duplicates.</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="coverage">Share of photos whose own class is to be in their set, between 0 and 1.</param>
    /// <returns>The bounds; null where there are too few photos for the coverage in all.</returns>
    public static PredictionSets? Find(HeldOutLogits heldOut, float temperature, IReadOnlyList<string> leaders, int classes, double coverage)
    {
        var own = heldOut.OwnProbabilities(temperature).Index()
            .Select(item => (Leader: leaders[heldOut.Photos[item.Index]], Target: heldOut.Targets[item.Index], Probability: item.Item))
            .DistinctBy(photo => (photo.Leader, photo.Target)).ToList();
        if (BoundOf(own.Select(photo => photo.Probability), coverage) is not { } ofAll)
        {
            return null;
        }

        var ofClass = own.ToLookup(photo => photo.Target, photo => photo.Probability);
        return new PredictionSets
        {
            Bounds = [.. Enumerable.Range(0, classes).Select(index => BoundOf(ofClass[index], coverage) ?? ofAll)],
            Coverage = coverage,
            Photos = own.Count,
        };
    }

    private static float? BoundOf(IEnumerable<double> probabilities, double coverage)
    {
        double[] ordered = [.. probabilities.Order()];

        // Without what rounding takes away: 20 × 0.05 is meant to be 1.
        var rank = (int)(((ordered.Length + 1) * (1 - coverage)) + 1e-9);

        // What is served is of single precision: the photo that set the bound must not fall out by rounding.
        return rank == 0 ? null : float.BitDecrement((float)ordered[rank - 1]);
    }
}
