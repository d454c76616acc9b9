using DandelionMl.Imaging;

namespace DandelionMl.Testing;

/// <summary>A decoder for tests that takes the bytes themselves as RGB pixels, in one row, so that three bytes are a photo. Whatever is not a
/// multiple of three bytes is not a picture.</summary>
public sealed class FakeImageDecoder : IImageDecoder
{
    /// <summary>A photo of one pixel.</summary>
    /// <param name="red">How red it is.</param>
    /// <param name="green">How green it is.</param>
    /// <param name="blue">How blue it is.</param>
    public static byte[] Photo(byte red, byte green, byte blue) => [red, green, blue];

    /// <inheritdoc/>
    public ImageHeader ReadHeader(ReadOnlySpan<byte> bytes) => new(ImageFormat.Png, Pixels(bytes), 1, 1);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0) => new(Pixels(bytes), 1, bytes.ToArray());

    private static int Pixels(ReadOnlySpan<byte> bytes) => bytes.Length > 0 && bytes.Length % 3 == 0
        ? bytes.Length / 3
        : throw new ImageDecodingException(ImageDecodingFailure.UnsupportedFormat, $"{bytes.Length} bytes are not a picture.");
}
