using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Imaging;

/// <summary>Scales photos down.</summary>
internal static class PhotoScaling
{
    /// <summary>Writes a photo anew as JPEG: upright, without metadata, scaled down (bicubic) where a side is too long.</summary>
    /// <param name="decoder">Decodes the photo.</param>
    /// <param name="photo">The whole file.</param>
    /// <param name="maxSide">The longest side of the result in pixels, at least 1; a smaller photo keeps its size.</param>
    /// <param name="quality">1 (smallest) to 100 (best); 90 by default.</param>
    /// <exception cref="ImageDecodingException">The bytes are no photo that is read here.</exception>
    public static byte[] ToJpeg(this IImageDecoder decoder, ReadOnlySpan<byte> photo, int maxSide, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide, 1);
        var header = decoder.ReadHeader(photo);
        var scale = Math.Min((double)maxSide / Math.Max(header.Width, header.Height), 1);
        var (width, height) = (Scale(header.Width, scale), Scale(header.Height, scale));
        var image = decoder.Decode(photo, Math.Min(width, height));
        return ImageEncoder.ToJpeg(
            image.Width == width && image.Height == height ? image : Resampler.Resize(image, width, height, ResamplingFilter.Bicubic), quality);
    }

    private static int Scale(int side, double scale) => Math.Max((int)Math.Round(side * scale), 1);
}
