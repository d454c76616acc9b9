using System.Numerics;
using System.Runtime.Intrinsics;

namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>Histograms of local binary patterns (Ojala, Pietikäinen and Mäenpää 2002): each pixel's eight neighbours, told
/// whether they are at least as bright; one bin per uniform pattern and its mirror image, one for all others. Of intensity,
/// red-green and yellow-blue; the roots of the shares.</summary>
internal static class LocalBinaryPatterns
{
    private const int Channels = 3;

    private static readonly byte[] BinOfPattern = CreateBins();
    private static readonly int Bins = BinOfPattern.Max() + 1;

    /// <summary>Values of a description.</summary>
    public static int Length => Channels * Bins;

    /// <summary>Describes an image.</summary>
    /// <param name="planes">The colours of the image.</param>
    /// <param name="side">Its width and height in pixels, at least 18.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ColourPlanes planes, int side, Span<float> output)
    {
        Describe(planes.Intensity, side, output[..Bins]);
        Describe(planes.RedGreen, side, output.Slice(Bins, Bins));
        Describe(planes.YellowBlue, side, output.Slice(2 * Bins, Bins));
    }

    private static void Describe(ReadOnlySpan<float> plane, int side, Span<float> histogram)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        Span<int> patterns = stackalloc int[side - 2];
        for (var y = 1; y < side - 1; y++)
        {
            for (var x = 1; x < side - 1; x += Vector512<float>.Count)
            {
                // The last vector of a row begins earlier, where it ends with the row.
                var first = Math.Min(x, side - 1 - Vector512<float>.Count);
                Patterns(plane, y * side + first, side).CopyTo(patterns[(first - 1)..]);
            }

            foreach (var pattern in patterns)
            {
                counts[pattern]++;
            }
        }

        Span<int> countOfBin = stackalloc int[Bins];
        countOfBin.Clear();
        for (var pattern = 0; pattern < counts.Length; pattern++)
        {
            countOfBin[BinOfPattern[pattern]] += counts[pattern];
        }

        var total = (side - 2) * (side - 2);
        for (var bin = 0; bin < Bins; bin++)
        {
            histogram[bin] = MathF.Sqrt((float)countOfBin[bin] / total);
        }
    }

    /// <summary>The patterns of 16 pixels: bit k says that neighbour k, at an angle of 45° · k, is at least as bright.</summary>
    private static Vector512<int> Patterns(ReadOnlySpan<float> plane, int centre, int side)
    {
        ReadOnlySpan<int> neighbours = [1, side + 1, side, side - 1, -1, -side - 1, -side, -side + 1];
        var own = Vector512.Create(plane[centre..]);
        var patterns = Vector512<int>.Zero;
        for (var k = 0; k < neighbours.Length; k++)
        {
            var isBrighter = Vector512.GreaterThanOrEqual(Vector512.Create(plane[(centre + neighbours[k])..]), own);
            patterns |= isBrighter.AsInt32() & Vector512.Create(1 << k);
        }

        return patterns;
    }

    private static byte[] CreateBins()
    {
        var bins = new byte[256];
        byte next = 1;
        for (var pattern = 0; pattern < 256; pattern++)
        {
            var mirrored = Mirror(pattern);
            if (IsUniform(pattern))
            {
                bins[pattern] = mirrored < pattern ? bins[mirrored] : next++;
            }
        }

        return bins;
    }

    /// <summary>At most two changes around the circle.</summary>
    private static bool IsUniform(int pattern) =>
        BitOperations.PopCount((uint)((pattern ^ (pattern >> 1 | pattern << 7)) & 0xFF)) <= 2;

    /// <summary>Neighbour k lies at angle 45° · k, its mirror image at 180° - 45° · k.</summary>
    private static int Mirror(int pattern)
    {
        var mirrored = 0;
        for (var k = 0; k < 8; k++)
        {
            mirrored |= (pattern >> k & 1) << ((12 - k) % 8);
        }

        return mirrored;
    }
}
