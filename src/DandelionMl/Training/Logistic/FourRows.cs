using System.Numerics;
using System.Runtime.InteropServices;

namespace DandelionMl.Training.Logistic;

/// <summary>The two products that a fit spends its time on, of four rows at a time, which share each read of what they are multiplied
/// with.</summary>
internal static class FourRows
{
    /// <summary>Number of rows.</summary>
    public const int Count = 4;

    /// <summary>The dot products of weights with four rows, which share each read of the weights.</summary>
    public static void Dot(ReadOnlySpan<double> weights, ReadOnlySpan<double> rows, out double a, out double b, out double c, out double d)
    {
        var width = weights.Length;
        var w = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var row0 = MemoryMarshal.Cast<double, Vector<double>>(rows[..width]);
        var row1 = MemoryMarshal.Cast<double, Vector<double>>(rows.Slice(width, width));
        var row2 = MemoryMarshal.Cast<double, Vector<double>>(rows.Slice(2 * width, width));
        var row3 = MemoryMarshal.Cast<double, Vector<double>>(rows.Slice(3 * width, width));
        var (sum0, sum1, sum2, sum3) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        for (var i = 0; i < w.Length && i < row0.Length && i < row1.Length && i < row2.Length && i < row3.Length; i++)
        {
            sum0 = Vector.FusedMultiplyAdd(w[i], row0[i], sum0);
            sum1 = Vector.FusedMultiplyAdd(w[i], row1[i], sum1);
            sum2 = Vector.FusedMultiplyAdd(w[i], row2[i], sum2);
            sum3 = Vector.FusedMultiplyAdd(w[i], row3[i], sum3);
        }

        (a, b, c, d) = (Vector.Sum(sum0), Vector.Sum(sum1), Vector.Sum(sum2), Vector.Sum(sum3));
        for (var i = w.Length * Vector<double>.Count; i < width; i++)
        {
            a += weights[i] * rows[i];
            b += weights[i] * rows[width + i];
            c += weights[i] * rows[(2 * width) + i];
            d += weights[i] * rows[(3 * width) + i];
        }
    }

    /// <summary>Adds four rows, each times a number, to a gradient.</summary>
    public static void Add(Span<double> gradient, ReadOnlySpan<double> rows, double a, double b, double c, double d)
    {
        var width = gradient.Length;
        var sums = MemoryMarshal.Cast<double, Vector<double>>(gradient);
        var row0 = MemoryMarshal.Cast<double, Vector<double>>(rows[..width]);
        var row1 = MemoryMarshal.Cast<double, Vector<double>>(rows.Slice(width, width));
        var row2 = MemoryMarshal.Cast<double, Vector<double>>(rows.Slice(2 * width, width));
        var row3 = MemoryMarshal.Cast<double, Vector<double>>(rows.Slice(3 * width, width));
        var (by0, by1, by2, by3) = (new Vector<double>(a), new Vector<double>(b), new Vector<double>(c), new Vector<double>(d));
        for (var i = 0; i < sums.Length && i < row0.Length && i < row1.Length && i < row2.Length && i < row3.Length; i++)
        {
            var sum = Vector.FusedMultiplyAdd(by0, row0[i], sums[i]);
            sum = Vector.FusedMultiplyAdd(by1, row1[i], sum);
            sum = Vector.FusedMultiplyAdd(by2, row2[i], sum);
            sums[i] = Vector.FusedMultiplyAdd(by3, row3[i], sum);
        }

        for (var i = sums.Length * Vector<double>.Count; i < width; i++)
        {
            gradient[i] += (a * rows[i]) + (b * rows[width + i]) + (c * rows[(2 * width) + i]) + (d * rows[(3 * width) + i]);
        }
    }
}
