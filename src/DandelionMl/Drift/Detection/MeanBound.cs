using DandelionMl.Promotion;

namespace DandelionMl.Drift.Detection;

/// <summary>Bounds of means that were estimated from few photos.</summary>
internal static class MeanBound
{
    /// <summary>Standard deviations beyond which a normal value lies, on one side, once in a thousand.</summary>
    private const double Deviations = 3.09;

    /// <summary>Chance that a bound of a share is wrong; there are two for each class.</summary>
    private const double Level = 1e-4;

    /// <summary>The most that the mean rank of a new photo among <paramref name="photos"/> held-out ones is, but for one case in a thousand, if
    /// it comes from where they come from.</summary>
    /// <remarks>Given the held-out photos, the mean rank is the mean of as many independent values, even on 0 to 1, since a photo's place in its own
    /// distribution is such a value. Their mean has lighter tails than the normal distribution with the same variance.</remarks>
    public static double OfRank(int photos) => photos == 0 ? 1 : Math.Min(1, 0.5 + (Deviations / Math.Sqrt(12.0 * photos)));

    /// <summary>The most that a share is, but for one case in ten thousand, by Clopper and Pearson (1934).</summary>
    /// <param name="count">Photos of the kind.</param>
    /// <param name="photos">All photos, at least one.</param>
    public static double OfShare(int count, int photos)
    {
        // The share at which so few would be that rare.
        var (low, high) = ((double)count / photos, 1.0);
        for (var step = 0; step < 50 && count < photos; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = ExactTest.BinomialTail(photos - count, photos, 1 - middle) > Level ? (middle, high) : (low, middle);
        }

        return high;
    }
}
