using System.Text;
using DandelionMl.Imaging;

namespace DandelionMl.Tests.Support;

/// <summary>Takes what begins with <c>IMG</c> for a JPEG, and nothing else for a picture. One that ends in <c>CUT</c> is damaged.</summary>
internal sealed class MarkerDecoder : IImageDecoder
{
    public static byte[] Image(string content) => Encoding.UTF8.GetBytes("IMG" + content);

    public ImageHeader ReadHeader(ReadOnlySpan<byte> bytes) => bytes.StartsWith("IMG"u8)
        ? new ImageHeader(ImageFormat.Jpeg, 1, 1, 1)
        : throw new ImageDecodingException(ImageDecodingFailure.UnsupportedFormat, "No picture.");

    public RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0) => bytes.EndsWith("CUT"u8)
        ? throw new ImageDecodingException(ImageDecodingFailure.Damaged, "The picture is cut off.")
        : new RgbImage(1, 1, [0, 0, 0]);
}
