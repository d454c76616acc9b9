using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>A mixture of Gaussians with diagonal covariances.</summary>
/// <param name="Shares">The weight of each component; they sum to 1.</param>
/// <param name="Means">The means, one after the other.</param>
/// <param name="Variances">The variances, likewise.</param>
internal sealed record GaussianMixture(float[] Shares, float[] Means, float[] Variances)
{
    private const int KMeansIterations = 10;

    // A component never gets narrower than this fraction of all the points' spread.
    private const double VarianceFloor = 0.01;

    /// <summary>Number of components.</summary>
    public int Count => Shares.Length;

    /// <summary>Values of a point.</summary>
    public int Dimensions => Means.Length / Shares.Length;

    /// <summary>Learns a mixture by expectation-maximisation from k-means centres.</summary>
    /// <param name="points">Points, one after the other.</param>
    /// <param name="dimensions">Values of a point.</param>
    /// <param name="count">Number of components.</param>
    /// <param name="iterations">Rounds of expectation-maximisation.</param>
    /// <param name="random">Where the random numbers come from.</param>
    /// <param name="cancellationToken">Cancels between rounds.</param>
    public static GaussianMixture Fit(
        ReadOnlySpan<float> points, int dimensions, int count, int iterations, SplitMix random, CancellationToken cancellationToken)
    {
        var spread = Spread(points, dimensions);
        var mixture = new GaussianMixture(
            [.. Enumerable.Repeat(1f / count, count)],
            KMeans.Fit(points, dimensions, count, KMeansIterations, random, cancellationToken),
            [.. Enumerable.Repeat(spread, count).SelectMany(s => s).Select(s => (float)s)]);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            mixture = mixture.Improve(points, spread);
        }

        return mixture;
    }

    private static double[] Spread(ReadOnlySpan<float> points, int dimensions)
    {
        var count = points.Length / dimensions;
        var squares = new double[dimensions];
        for (var i = 0; i < points.Length; i++)
        {
            squares[i % dimensions] += (double)points[i] * points[i];
        }

        return Array.ConvertAll(squares, sum => Math.Max(sum / count, 1e-8));
    }

    private GaussianMixture Improve(ReadOnlySpan<float> points, double[] spread)
    {
        var (count, dimensions) = (Count, Dimensions);
        var statistics = new MixtureStatistics(this);
        var total = points.Length / dimensions;
        var sums = statistics.Sum(points);
        var (shares, means, variances) = (new float[count], new float[Means.Length], new float[Means.Length]);
        for (var c = 0; c < count; c++)
        {
            var members = Math.Max(sums.Members[c], 1e-3f);
            shares[c] = members / total;
            for (var d = 0; d < dimensions; d++)
            {
                var i = c * dimensions + d;
                var mean = (double)sums.First(c)[d] / members;
                means[i] = (float)mean;
                variances[i] = (float)Math.Max((double)sums.Second(c)[d] / members - mean * mean, VarianceFloor * spread[d]);
            }
        }

        return new GaussianMixture(shares, means, variances);
    }
}
