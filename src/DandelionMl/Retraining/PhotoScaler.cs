using DandelionMl.Imaging;
using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Retraining;

/// <summary>Scales large photos down, as JPEG, upright and without metadata.</summary>
internal sealed class PhotoScaler(IImageDecoder decoder, int maxSide, int jpegQuality)
{
    /// <returns>The smaller photo; null if it is small enough as it is.</returns>
    /// <exception cref="ImageDecodingException">The bytes are no photo that is read here.</exception>
    public byte[]? ScaleDown(byte[] photo)
    {
        var header = decoder.ReadHeader(photo);
        var longest = Math.Max(header.Width, header.Height);
        if (longest <= maxSide)
        {
            return null;
        }

        var image = decoder.Decode(photo);
        return ImageEncoder.ToJpeg(
            Resampler.Resize(image, Scale(image.Width, longest), Scale(image.Height, longest), ResamplingFilter.Bicubic), jpegQuality);
    }

    private int Scale(int side, int longest) => Math.Max((int)Math.Round((double)side * maxSide / longest), 1);
}
