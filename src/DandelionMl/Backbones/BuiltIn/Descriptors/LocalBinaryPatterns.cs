using System.Numerics;

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
    /// <param name="image">Red, green and blue plane, values from 0 to 1.</param>
    /// <param name="side">Its width and height in pixels.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ReadOnlySpan<float> image, int side, Span<float> output)
    {
        var pixels = side * side;
        var plane = new float[pixels];
        for (var channel = 0; channel < Channels; channel++)
        {
            for (var i = 0; i < pixels; i++)
            {
                var (red, green, blue) = (image[i], image[pixels + i], image[2 * pixels + i]);
                plane[i] = channel switch { 0 => (red + green + blue) / 3, 1 => red - green, _ => (red + green) / 2 - blue };
            }

            Describe(plane, side, output.Slice(channel * Bins, Bins));
        }
    }

    private static void Describe(float[] plane, int side, Span<float> histogram)
    {
        Span<int> counts = stackalloc int[Bins];
        counts.Clear();
        Span<int> neighbours = [1, side + 1, side, side - 1, -1, -side - 1, -side, -side + 1];
        for (var y = 1; y < side - 1; y++)
        {
            for (var centre = y * side + 1; centre < (y + 1) * side - 1; centre++)
            {
                var pattern = 0;
                for (var k = 0; k < 8; k++)
                {
                    pattern |= plane[centre + neighbours[k]] >= plane[centre] ? 1 << k : 0;
                }

                counts[BinOfPattern[pattern]]++;
            }
        }

        var total = (side - 2) * (side - 2);
        for (var bin = 0; bin < Bins; bin++)
        {
            histogram[bin] = MathF.Sqrt((float)counts[bin] / total);
        }
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
