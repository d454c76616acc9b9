namespace DandelionMl.Imaging.Turbo;

/// <summary>Decodes plain JPEGs with the machine's libturbojpeg, whose loops use the processor's vectors: the libjpeg-turbo in SkiaSharp is built
/// without them, and takes up to twice as long for the same pixels. What is damaged, or not plain, is left to Skia.</summary>
/// <param name="library">The library.</param>
internal sealed class TurboJpegDecoder(TurboJpegLibrary library)
{
    // A picture that is turned is decoded as a whole first, with four bytes a pixel: 16 MiB.
    private const int MostTurnedPixels = 4 * 1024 * 1024;

    /// <summary>Decodes with the machine's library; null where it has none.</summary>
    public static TurboJpegDecoder? OfMachine { get; } = TurboJpegLibrary.OfMachine is { } library ? new TurboJpegDecoder(library) : null;

    /// <summary>Decodes a JPEG whose limits have been checked.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="scale">The size to decode it at.</param>
    /// <param name="layout">Where its pixels go.</param>
    /// <returns>The upright picture's pixels, R, G, B; null where Skia is to decode it.</returns>
    public unsafe byte[]? TryDecode(byte* jpeg, int length, JpegScale scale, UprightLayout layout)
    {
        var isTurned = (layout.Origin, layout.StepX) != (0, 1);
        if (!scale.IsTheLargestOfItsSize || (isTurned && (long)scale.Width * scale.Height > MostTurnedPixels) || library.TryOpen() is not { } opened)
        {
            return null;
        }

        using var handle = opened;
        if (!handle.Takes(jpeg, length, scale.FullWidth, scale.FullHeight))
        {
            return null;
        }

        var pixels = GC.AllocateUninitializedArray<byte>(scale.Width * scale.Height * 3);
        fixed (byte* start = pixels)
        {
            if (!isTurned)
            {
                return handle.TryDecode(jpeg, length, start, scale.Width, scale.Height, channels: 3) ? pixels : null;
            }
        }

        using var buffer = new NativeBuffer((long)scale.Width * scale.Height * 4);
        if (!handle.TryDecode(jpeg, length, buffer.Pointer, scale.Width, scale.Height, channels: 4))
        {
            return null;
        }

        PixelPacking.PackRows(buffer.Pointer, scale.Width, 0, scale.Height, layout, isOpaque: true, pixels);
        return pixels;
    }
}
