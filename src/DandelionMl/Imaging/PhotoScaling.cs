using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Imaging;

/// <summary>Scales photos down.</summary>
internal static class PhotoScaling
{
    /// <summary>Writes a photo anew as JPEG for people to look at: in sRGB, upright, without metadata, scaled down (bicubic) where a side is
    /// too long.</summary>
    /// <param name="decoder">Decodes the photo.</param>
    /// <param name="photo">The whole file.</param>
    /// <param name="maxSide">The longest side of the result in pixels, at least 1; a smaller photo keeps its size.</param>
    /// <param name="quality">1 (smallest) to 100 (best); 90 by default.</param>
    /// <exception cref="ImageDecodingException">The bytes are no photo that is read here.</exception>
    public static byte[] ToJpeg(this IImageDecoder decoder, ReadOnlySpan<byte> photo, int maxSide, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        var (width, height) = Fit(decoder.ReadHeader(photo), maxSide);
        return ImageEncoder.ToJpeg(Resize(decoder.DecodeForDisplay(photo, Math.Min(width, height)), width, height), quality);
    }

    /// <summary>Writes a photo anew as JPEG to train on: as <see cref="ToJpeg"/>, but with the values that a network sees of the photo, and
    /// the colour profile that they are meant in.</summary>
    /// <inheritdoc cref="ToJpeg"/>
    public static byte[] ToTrainingJpeg(this IImageDecoder decoder, ReadOnlySpan<byte> photo, int maxSide, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        var (width, height) = Fit(decoder.ReadHeader(photo), maxSide);
        using var colours = ColourProfile.Of(photo);
        return ImageEncoder.ToJpeg(Resize(decoder.Decode(photo, Math.Min(width, height)), width, height), quality, colours);
    }

    private static (int Width, int Height) Fit(ImageHeader header, int maxSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        var scale = Math.Min((double)maxSide / Math.Max(header.Width, header.Height), 1);
        return (Scale(header.Width, scale), Scale(header.Height, scale));
    }

    private static RgbImage Resize(RgbImage image, int width, int height) =>
        image.Width == width && image.Height == height ? image : Resampler.Resize(image, width, height, ResamplingFilter.Bicubic);

    private static int Scale(int side, double scale) => Math.Max((int)Math.Round(side * scale), 1);
}
