namespace DandelionMl.Imaging;

/// <summary>A picture's header, read before any pixel is decoded.</summary>
/// <param name="Format">The format, detected from the content.</param>
/// <param name="Width">Width in pixels after the EXIF orientation is applied.</param>
/// <param name="Height">Height in pixels after the EXIF orientation is applied.</param>
/// <param name="Frames">Number of frames; 1 for a still picture.</param>
public sealed record ImageHeader(ImageFormat Format, int Width, int Height, int Frames);

/// <summary>The supported formats.</summary>
public enum ImageFormat
{
    /// <summary>JPEG (ITU-T T.81), extension <c>jpg</c>.</summary>
    Jpeg,

    /// <summary>PNG (ISO/IEC 15948), extension <c>png</c>.</summary>
    Png,

    /// <summary>WebP (RFC 9649), extension <c>webp</c>.</summary>
    WebP,
}
