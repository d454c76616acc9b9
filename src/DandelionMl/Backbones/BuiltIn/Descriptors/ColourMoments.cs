using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>Mean, standard deviation and cube root of the third central moment (Stricker and Orengo 1995) of intensity,
/// red-green, yellow-blue and saturation, on a 4×4 grid; a cell and its mirror image are averaged, which leaves 4×2.</summary>
internal static class ColourMoments
{
    private const int Grid = 4;
    private const int Channels = 4;
    private const int Moments = 3;

    public const int Length = Grid * Grid / 2 * Channels * Moments;

    /// <summary>Describes an image.</summary>
    /// <param name="planes">The colours of the image.</param>
    /// <param name="side">Its width and height in pixels, a multiple of 8.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ColourPlanes planes, int side, Span<float> output)
    {
        output.Clear();
        var cell = side / Grid;
        Span<float> values = stackalloc float[cell * cell * Channels];
        for (var row = 0; row < Grid; row++)
        {
            for (var column = 0; column < Grid; column++)
            {
                Collect(planes, side, column * cell, row * cell, cell, values);
                var folded = Math.Min(column, Grid - 1 - column);
                AddMoments(values, output.Slice((row * Grid / 2 + folded) * Channels * Moments, Channels * Moments));
            }
        }
    }

    /// <summary>Lays the channels of a cell's pixels side by side, so that all four are summed at once.</summary>
    private static void Collect(ColourPlanes planes, int side, int left, int top, int cell, Span<float> values)
    {
        for (var y = 0; y < cell; y++)
        {
            var source = (top + y) * side + left;
            var target = values.Slice(y * cell * Channels, cell * Channels);
            CopyChannel(planes.Intensity.AsSpan(source, cell), target);
            CopyChannel(planes.RedGreen.AsSpan(source, cell), target[1..]);
            CopyChannel(planes.YellowBlue.AsSpan(source, cell), target[2..]);
            CopyChannel(planes.Saturation.AsSpan(source, cell), target[3..]);
        }
    }

    private static void CopyChannel(ReadOnlySpan<float> plane, Span<float> target)
    {
        for (var x = 0; x < plane.Length; x++)
        {
            target[x * Channels] = plane[x];
        }
    }

    private static void AddMoments(ReadOnlySpan<float> values, Span<float> moments)
    {
        // Two pixels of four channels each.
        var pairs = MemoryMarshal.Cast<float, Vector256<float>>(values);
        var (mean, second, third) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        foreach (var pair in pairs)
        {
            var (first, next) = Vector256.Widen(pair);
            mean = mean + first + next;
        }

        var count = values.Length / Channels;
        mean /= count;
        foreach (var pair in pairs)
        {
            var (first, next) = Vector256.Widen(pair);
            var (difference, nextDifference) = (first - mean, next - mean);
            var (square, nextSquare) = (difference * difference, nextDifference * nextDifference);
            second = second + square + nextSquare;
            third = third + square * difference + nextSquare * nextDifference;
        }

        for (var channel = 0; channel < Channels; channel++)
        {
            moments[channel * Moments] += (float)mean[channel] / 2;
            moments[channel * Moments + 1] += (float)Math.Sqrt(second[channel] / count) / 2;
            moments[channel * Moments + 2] += (float)Math.Cbrt(third[channel] / count) / 2;
        }
    }
}
