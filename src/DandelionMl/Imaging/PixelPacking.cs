using System.Runtime.Intrinsics;

namespace DandelionMl.Imaging;

/// <summary>Packs rows of 8-bit R, G, B, A pixels into R, G, B ones, upright.</summary>
internal static unsafe class PixelPacking
{
    /// <summary>Packs some rows.</summary>
    /// <param name="source">The first of the rows, R, G, B, A, premultiplied by alpha, without padding.</param>
    /// <param name="sourceWidth">Pixels in a row of the source.</param>
    /// <param name="firstRow">Which row of the picture as encoded that is.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="layout">Where the pixels go.</param>
    /// <param name="isOpaque">Whether alpha has no meaning: a lossless WebP may say that it has none and hold some all the same.</param>
    /// <param name="target">Receives them: the whole upright picture.</param>
    public static void PackRows(
        byte* source, int sourceWidth, int firstRow, int rows, UprightLayout layout, bool isOpaque, Span<byte> target)
    {
        fixed (byte* start = target)
        {
            for (var row = 0; row < rows; row++)
            {
                var pixel = layout.Origin + ((firstRow + row) * layout.StepY);
                PackRow(source + ((long)row * sourceWidth * 4), sourceWidth, start + (pixel * 3L), layout.StepX, isOpaque);
            }
        }
    }

    private static void PackRow(byte* source, int count, byte* target, int step, bool isOpaque)
    {
        var done = step == 1 ? PackFourByFour(source, count, target, isOpaque) : 0;
        for (var i = done; i < count; i++)
        {
            var pixel = source + (i * 4L);
            var packed = target + ((long)i * step * 3);

            // Over white: premultiplied colours are at most alpha, so the sum stays within a byte.
            var white = isOpaque ? 0 : 255 - pixel[3];
            packed[0] = (byte)(pixel[0] + white);
            packed[1] = (byte)(pixel[1] + white);
            packed[2] = (byte)(pixel[2] + white);
        }
    }

    /// <returns>The number of pixels packed. A store writes 4 bytes more than it packs, which the next one overwrites, so the
    /// last few pixels of a row are left.</returns>
    private static int PackFourByFour(byte* source, int count, byte* target, bool isOpaque)
    {
        var spreadAlpha = Vector128.Create((byte)3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
        var dropAlpha = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        var i = 0;
        for (; i + 6 <= count; i += 4)
        {
            var pixels = Vector128.Load(source + (i * 4L));
            var overWhite = isOpaque ? pixels : pixels + ~Vector128.Shuffle(pixels, spreadAlpha);
            Vector128.Shuffle(overWhite, dropAlpha).Store(target + (i * 3L));
        }

        return i;
    }
}
