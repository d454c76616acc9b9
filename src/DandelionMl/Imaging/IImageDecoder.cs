namespace DandelionMl.Imaging;

/// <summary>Turns the bytes of a picture into pixels. Implementations are thread-safe, keep nothing of the input, and treat it as
/// hostile: time and memory are bounded by <see cref="ImageLimits"/>, whatever the bytes say.</summary>
public interface IImageDecoder
{
    /// <summary>Reads the header only.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="ImageDecodingException">The bytes are not a supported picture, or exceed a limit.</exception>
    ImageHeader ReadHeader(ReadOnlySpan<byte> bytes);

    /// <summary>Decodes the picture upright, in 8-bit R, G, B as they are stored; transparency is laid over white.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="minimumSide">When above 0, the caller needs no side to be longer than it takes to have the shorter one at
    /// this many pixels: a picture far larger may be scaled while it is decoded, to no less than twice that. 0, the default,
    /// decodes at full size.</param>
    /// <exception cref="ImageDecodingException">The bytes are not a supported picture, are damaged, or exceed a limit.</exception>
    RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0);

    /// <summary>Decodes the picture as <see cref="Decode"/> does, for people to look at: a colour profile in the file is applied, so that the
    /// result is sRGB. Networks are given the values as they are stored. Default: what <see cref="Decode"/> gives.</summary>
    /// <inheritdoc cref="Decode"/>
    RgbImage DecodeForDisplay(ReadOnlySpan<byte> bytes, int minimumSide = 0) => Decode(bytes, minimumSide);
}
