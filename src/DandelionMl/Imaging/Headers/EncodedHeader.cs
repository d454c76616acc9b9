namespace DandelionMl.Imaging.Headers;

/// <summary>What a file's header declares, as encoded: no orientation is applied yet.</summary>
/// <param name="Format">The format.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8.</param>
internal readonly record struct EncodedHeader(
    ImageFormat Format, int Width, int Height, int Frames, int Orientation = ExifOrientation.Upright)
{
    public long Pixels => (long)Width * Height;

    /// <summary>Memory that decoding takes for each pixel, in bytes, as measured: 8 of a PNG or WebP.</summary>
    public int DecodingBytesPerPixel { get; init; } = 8;
}
