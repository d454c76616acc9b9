using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>Sums of points weighted by their posterior: per component the members, and per component and dimension the values and
/// their squares.</summary>
internal sealed class MixtureSums(int components, int dimensions)
{
    private readonly float[] _pairs = new float[2 * components * dimensions];

    public float[] Members { get; } = new float[components];

    /// <summary>Sums of the values of a component's points.</summary>
    public ReadOnlySpan<float> First(int component) => Pair(component)[..dimensions];

    /// <summary>Sums of the squares of a component's points.</summary>
    public ReadOnlySpan<float> Second(int component) => Pair(component)[dimensions..];

    /// <summary>Both sums of a component, the values' and then the squares'.</summary>
    public Span<float> Pair(int component) => _pairs.AsSpan(2 * component * dimensions, 2 * dimensions);

    public void Clear()
    {
        Members.AsSpan().Clear();
        _pairs.AsSpan().Clear();
    }
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

    // As many as a row of products has; the columns beyond the components get -∞, and so no part of a point.
    private readonly float[] _constants;

    public MixtureStatistics(GaussianMixture mixture)
    {
        (_count, _dimensions) = (mixture.Count, mixture.Dimensions);
        var exponents = new float[2 * mixture.Means.Length];
        var constants = new float[_count];
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

            constants[c] = (float)constant;
        }

        _exponents = new PackedMatrix(exponents, 2 * _dimensions, _count);
        _constants = [.. constants, .. Enumerable.Repeat(float.NegativeInfinity, _exponents.Stride - _count)];
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
            var pair = pairs.Slice(2 * i * _dimensions, 2 * _dimensions);
            point.CopyTo(pair);
            ShortRows.Multiply(point, point, pair[_dimensions..]);
        }

        _exponents.Multiply(pairs, scratch.Posteriors);
        Normalise(scratch.Posteriors.AsSpan(0, rows * _exponents.Stride));
        for (var i = 0; i < rows; i++)
        {
            AddPoint(scratch.Posteriors.AsSpan(i * _exponents.Stride, _exponents.Stride), pairs.Slice(2 * i * _dimensions, 2 * _dimensions), sums);
        }
    }

    /// <summary>Turns logits into posteriors: <c>exp(x - max) / sum</c> of each row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Normalise(Span<float> values)
    {
        var logits = MemoryMarshal.Cast<float, Vector512<float>>(values);
        var constants = MemoryMarshal.Cast<float, Vector512<float>>(_constants);
        for (var first = 0; first < logits.Length; first += constants.Length)
        {
            var row = logits.Slice(first, constants.Length);
            var largest = Vector512.Create(float.NegativeInfinity);
            for (var k = 0; k < row.Length; k++)
            {
                row[k] += constants[k];
                largest = Vector512.MaxNative(largest, row[k]);
            }

            largest = Vector512.Create(Lanes.Max(largest));
            for (var k = 0; k < row.Length; k++)
            {
                row[k] -= largest;
            }
        }

        TensorPrimitives.Exp(values, values);
        for (var first = 0; first < logits.Length; first += constants.Length)
        {
            var sum = Vector512.Create(Lanes.Sum(values.Slice(first * Lanes.Count, _count)));
            foreach (ref var posterior in logits.Slice(first, constants.Length))
            {
                posterior /= sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddPoint(ReadOnlySpan<float> posteriors, ReadOnlySpan<float> pair, MixtureSums sums)
    {
        for (var first = 0; first < posteriors.Length; first += Lanes.Count)
        {
            var part = Vector512.Create(posteriors[first..]);
            var chosen = Vector512.GreaterThanOrEqual(part, Vector512.Create(LeastPosterior)).ExtractMostSignificantBits();
            for (; chosen != 0; chosen &= chosen - 1)
            {
                var component = first + BitOperations.TrailingZeroCount(chosen);
                sums.Members[component] += posteriors[component];
                ShortRows.AddMultiple(pair, posteriors[component], sums.Pair(component));
            }
        }
    }
}
