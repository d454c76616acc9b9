using System.Buffers;

namespace DandelionMl.Imaging.Resampling;

/// <summary>For each output position along one axis, the input positions that it is made of and their weights. They are
/// Pillow's: the filter is widened by the factor of a reduction (antialiasing), the weights sum to 1 and are fixed-point
/// numbers of <see cref="PrecisionBits"/> bits.</summary>
internal sealed class FilterTaps : IDisposable
{
    /// <summary>Bits after the point: 8 of the 32 hold a pixel, and 2 the overshoot of the bicubic filter and the sign.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    /// <summary>Weights that a vectorised loop takes at a time.</summary>
    public const int Group = 4;

    private readonly int[] _weights;
    private readonly (int Start, int Count)[] _ranges;
    private readonly int _stride;

    /// <summary>Computes the taps of outputs <paramref name="first"/> up to <paramref name="first"/> + <paramref name="count"/>
    /// of an axis resized from <paramref name="inputSize"/> to <paramref name="outputSize"/>.</summary>
    public FilterTaps(ResamplingFilter filter, int inputSize, int outputSize, int first, int count)
    {
        var scale = (double)inputSize / outputSize;
        var widening = Math.Max(scale, 1);
        var support = filter.Support() * widening;
        _stride = RoundUp(((int)Math.Ceiling(support) * 2) + 1);
        _weights = ArrayPool<int>.Shared.Rent(checked(_stride * count));
        Array.Clear(_weights);
        _ranges = new (int, int)[count];

        var exact = new double[_stride];
        for (var i = 0; i < count; i++)
        {
            var centre = (first + i + 0.5) * scale;
            var start = Math.Max((int)(centre - support + 0.5), 0);
            var taps = Math.Min((int)(centre + support + 0.5), inputSize) - start;
            _ranges[i] = (start, taps);

            var sum = 0.0;
            for (var tap = 0; tap < taps; tap++)
            {
                exact[tap] = filter.Evaluate((tap + start - centre + 0.5) / widening);
                sum += exact[tap];
            }

            for (var tap = 0; tap < taps; tap++)
            {
                _weights[(i * _stride) + tap] = ToFixedPoint(sum == 0 ? exact[tap] : exact[tap] / sum);
            }
        }
    }

    public int Count => _ranges.Length;

    /// <summary>The first input position that any output needs.</summary>
    public int InputStart => _ranges[0].Start;

    /// <summary>The end (exclusive) of the input positions needed.</summary>
    public int InputEnd => _ranges[^1].Start + _ranges[^1].Count;

    /// <summary>The weights of one output, and the first input position that they belong to.</summary>
    public ReadOnlySpan<int> Weights(int output, out int start)
    {
        (start, var count) = _ranges[output];
        return _weights.AsSpan(output * _stride, count);
    }

    /// <summary>The same, filled up with zeros to a multiple of <see cref="Group"/> weights.</summary>
    public ReadOnlySpan<int> PaddedWeights(int output, out int start)
    {
        (start, var count) = _ranges[output];
        return _weights.AsSpan(output * _stride, RoundUp(count));
    }

    public void Dispose() => ArrayPool<int>.Shared.Return(_weights);

    private static int RoundUp(int count) => (count + Group - 1) / Group * Group;

    private static int ToFixedPoint(double weight) =>
        (int)((weight * (1 << PrecisionBits)) + (weight < 0 ? -0.5 : 0.5));
}
