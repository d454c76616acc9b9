using SkiaSharp;

namespace DandelionMl.Imaging;

/// <summary>The colour profile (ICC) in a picture.</summary>
internal static class ColourProfile
{
    /// <summary>Reads a picture's colour profile.</summary>
    /// <param name="picture">The whole file.</param>
    /// <returns>Null if it has none, it is sRGB, or it is not one of R, G, B by three curves and a matrix, as that of printers.</returns>
    public static unsafe SKColorSpace? Of(ReadOnlySpan<byte> picture)
    {
        fixed (byte* start = picture)
        {
            using var data = SKData.Create((nint)start, picture.Length);
            using var codec = SKCodec.Create(data);
            var colours = codec?.Info.ColorSpace;
            if (colours is null || !colours.IsSrgb)
            {
                return colours;
            }

            colours.Dispose();
            return null;
        }
    }
}
