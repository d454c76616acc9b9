using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>Sums of points weighted by their posterior: per component the members, and per component and dimension the values and
/// their squares.</summary>
internal sealed class MixtureSums(int components, int dimensions)
{
    public float[] Members { get; } = new float[components];

    public float[] First { get; } = new float[components * dimensions];

    public float[] Second { get; } = new float[components * dimensions];
}

/// <summary>Assigns points to the components of a mixture and sums them up.</summary>
internal sealed class MixtureStatistics
{
    private const int PointsAtOnce = 48;

    // What a component gets of a point is left out below this; nearly all of a point goes to a few components.
    private const float LeastPosterior = 1e-3f;

    private readonly int _count;
    private readonly int _dimensions;
    private readonly PackedMatrix _exponents;
    private readonly float[] _constants;

    public MixtureStatistics(GaussianMixture mixture)
    {
        (_count, _dimensions) = (mixture.Count, mixture.Dimensions);
        var exponents = new float[2 * mixture.Means.Length];
        _constants = new float[_count];
        for (var c = 0; c < _count; c++)
        {
            var constant = Math.Log(mixture.Shares[c]);
            for (var d = 0; d < _dimensions; d++)
            {
                double mean = mixture.Means[c * _dimensions + d], variance = mixture.Variances[c * _dimensions + d];
                constant -= (Math.Log(variance) + mean * mean / variance) / 2;
                exponents[2 * c * _dimensions + d] = (float)(mean / variance);
                exponents[(2 * c + 1) * _dimensions + d] = (float)(-0.5 / variance);
            }

            _constants[c] = (float)constant;
        }

        _exponents = new PackedMatrix(exponents, 2 * _dimensions, _count);
    }

    /// <summary>Sums over any number of points.</summary>
    public MixtureSums Sum(ReadOnlySpan<float> points)
    {
        var (sums, scratch) = (new MixtureSums(_count, _dimensions), new Scratch());
        for (var first = 0; first < points.Length; first += PointsAtOnce * _dimensions)
        {
            Add(points[first..Math.Min(points.Length, first + PointsAtOnce * _dimensions)], scratch, sums);
        }

        return sums;
    }

    /// <summary>Adds at most 48 points to sums.</summary>
    public void Add(ReadOnlySpan<float> points, Scratch scratch, MixtureSums sums)
    {
        var rows = points.Length / _dimensions;
        var pairs = scratch.Patches.AsSpan(0, 2 * points.Length);
        for (var i = 0; i < rows; i++)
        {
            var point = points.Slice(i * _dimensions, _dimensions);
            point.CopyTo(pairs[(2 * i * _dimensions)..]);
            TensorPrimitives.Multiply(point, point, pairs.Slice((2 * i + 1) * _dimensions, _dimensions));
        }

        _exponents.Multiply(pairs, scratch.Posteriors);
        for (var i = 0; i < rows; i++)
        {
            var posteriors = scratch.Posteriors.AsSpan(i * _exponents.Stride, _count);
            Normalise(posteriors);
            AddPoint(posteriors, pairs.Slice(2 * i * _dimensions, 2 * _dimensions), sums);
        }
    }

    private void Normalise(Span<float> logits)
    {
        TensorPrimitives.Add(logits, _constants, logits);
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max<float>(logits), logits);
        TensorPrimitives.Exp(logits, logits);
        TensorPrimitives.Divide(logits, Lanes.Sum(logits), logits);
    }

    private void AddPoint(ReadOnlySpan<float> posteriors, ReadOnlySpan<float> pair, MixtureSums sums)
    {
        for (var c = 0; c < posteriors.Length; c++)
        {
            var posterior = posteriors[c];
            if (posterior < LeastPosterior)
            {
                continue;
            }

            sums.Members[c] += posterior;
            var first = sums.First.AsSpan(c * _dimensions, _dimensions);
            var second = sums.Second.AsSpan(c * _dimensions, _dimensions);
            TensorPrimitives.MultiplyAdd(pair[.._dimensions], posterior, first, first);
            TensorPrimitives.MultiplyAdd(pair[_dimensions..], posterior, second, second);
        }
    }
}
