using DandelionMl.Imaging;

namespace DandelionMl.Tests.Support;

/// <summary>Takes the bytes themselves as RGB pixels, one row high.</summary>
internal sealed class FakeDecoder : IImageDecoder
{
    public ImageHeader ReadHeader(ReadOnlySpan<byte> bytes) => new(ImageFormat.Png, Pixels(bytes), 1, 1);

    public RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0) => new(Pixels(bytes), 1, bytes.ToArray());

    private static int Pixels(ReadOnlySpan<byte> bytes) => bytes.Length > 0 && bytes.Length % 3 == 0
        ? bytes.Length / 3
        : throw new ImageDecodingException(ImageDecodingFailure.UnsupportedFormat, $"{bytes.Length} bytes are no picture.");
}
