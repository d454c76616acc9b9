using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>What <see cref="FisherVector"/> learned.</summary>
/// <param name="Whitening">Decorrelates patches as they are, brightness and contrast included.</param>
/// <param name="Mixture">The distribution of the whitened patches.</param>
internal sealed record FisherVectorWeights(Whitening Whitening, GaussianMixture Mixture);

/// <summary>Improved Fisher vectors (Perronnin, Sánchez and Mensink 2010) of colour patches: how the patches of a photo and of
/// its mirror image, at 96, 48 and 24 pixels, differ in mean and variance from each component of a mixture of Gaussians; signed
/// roots, length 1.</summary>
internal sealed class FisherVector
{
    public const int PointLength = 24;
    public const int ComponentCount = 24;
    public const int Length = 2 * ComponentCount * PointLength;

    private static readonly PatchGrid[] Grids =
    [
        new(ImagePyramid.SideOf(0), Step: 2), new(ImagePyramid.SideOf(1), Step: 1), new(ImagePyramid.SideOf(2), Step: 1),
    ];

    private readonly Projection _whitening;
    private readonly GaussianMixture _mixture;
    private readonly MixtureStatistics _statistics;

    public FisherVector(FisherVectorWeights weights)
    {
        _whitening = new Projection(weights.Whitening);
        _mixture = weights.Mixture;
        _statistics = new MixtureStatistics(weights.Mixture);
    }

    /// <summary>The patches that are looked at, by level of the pyramid.</summary>
    public static IReadOnlyList<PatchGrid> GridOfLevel => Grids;

    /// <summary>Describes a photo.</summary>
    /// <param name="pyramid">The photo.</param>
    /// <param name="scratch">Memory to work in.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public void Describe(ImagePyramid pyramid, Scratch scratch, Span<float> output)
    {
        var sums = scratch.Sums;
        sums.Clear();
        for (var view = 0; view < ImagePyramid.Views; view++)
        {
            for (var level = 0; level < Grids.Length; level++)
            {
                Add(pyramid[view, level], Grids[level], scratch, sums);
            }
        }

        Gradient(sums, output[..Length]);
        foreach (ref var value in output[..Length])
        {
            value = MathF.CopySign(MathF.Sqrt(MathF.Abs(value)), value);
        }

        var length = Lanes.Norm(output[..Length]);
        TensorPrimitives.Divide(output[..Length], Math.Max(length, float.Epsilon), output[..Length]);
    }

    private void Add(ReadOnlySpan<float> image, PatchGrid grid, Scratch scratch, MixtureSums sums)
    {
        var count = grid.PatchesPerSide;
        for (var row = 0; row < count; row++)
        {
            var patches = scratch.Patches.AsSpan(0, count * PatchGrid.PatchLength);
            grid.CopyRow(image, row, patches);
            var points = scratch.Projected.AsSpan(0, count * PointLength);
            _whitening.Apply(patches, scratch.Products, points);
            _statistics.Add(points, scratch, sums);
        }
    }

    private void Gradient(MixtureSums sums, Span<float> gradient)
    {
        var byMean = gradient[..(Length / 2)];
        var byVariance = gradient[(Length / 2)..];
        for (var c = 0; c < ComponentCount; c++)
        {
            var (members, root) = ((double)sums.Members[c], Math.Sqrt(_mixture.Shares[c]));
            for (var d = 0; d < PointLength; d++)
            {
                var i = c * PointLength + d;
                double mean = _mixture.Means[i], variance = _mixture.Variances[i];
                var first = sums.First(c)[d];
                byMean[i] = (float)((first - members * mean) / (Math.Sqrt(variance) * root));
                var second = sums.Second(c)[d] - 2 * mean * first + members * mean * mean;
                byVariance[i] = (float)((second / variance - members) / (Math.Sqrt(2) * root));
            }
        }
    }
}
