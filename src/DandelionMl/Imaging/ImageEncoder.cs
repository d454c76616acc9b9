using SkiaSharp;

namespace DandelionMl.Imaging;

/// <summary>Writes pictures as files. Thread-safe.</summary>
internal static class ImageEncoder
{
    private const int MaxJpegSide = 65_500; // libjpeg's bound; the format's is 65,535.

    /// <summary>Writes a JPEG: baseline, chroma at half the resolution (4:2:0).</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 (smallest) to 100 (best); 90 by default.</param>
    /// <param name="colours">The colour profile to write into it; null for none, which means sRGB.</param>
    /// <exception cref="ArgumentException">The picture has a side of more than 65,500 pixels.</exception>
    public static byte[] ToJpeg(RgbImage image, int quality = 90, SKColorSpace? colours = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        ArgumentNullException.ThrowIfNull(image);
        if (Math.Max(image.Width, image.Height) > MaxJpegSide)
        {
            throw new ArgumentException(
                $"The picture is {image.Width} × {image.Height} pixels; a JPEG's side can have at most {MaxJpegSide}.", nameof(image));
        }

        var options = new SKJpegEncoderOptions(quality);
        return Encode(image, pixels => pixels.Encode(options), colours);
    }

    /// <summary>Writes a PNG: lossless, 8 bits per channel.</summary>
    /// <param name="image">The picture.</param>
    public static byte[] ToPng(RgbImage image) => Encode(image, pixels => pixels.Encode(SKPngEncoderOptions.Default));

    private static byte[] Encode(RgbImage image, Func<SKPixmap, SKData?> encode, SKColorSpace? colours = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque, colours));
        Unpack(image.Pixels, bitmap.GetPixelSpan());
        using var pixels = bitmap.PeekPixels();
        using var data = encode(pixels)
            ?? throw new ArgumentException($"{image.Width} × {image.Height} pixels can't be written.", nameof(image));
        return data.ToArray();
    }

    private static void Unpack(ReadOnlySpan<byte> rgb, Span<byte> rgba)
    {
        for (int from = 0, to = 0; from < rgb.Length; from += 3, to += 4)
        {
            rgba[to] = rgb[from];
            rgba[to + 1] = rgb[from + 1];
            rgba[to + 2] = rgb[from + 2];
            rgba[to + 3] = byte.MaxValue;
        }
    }
}
