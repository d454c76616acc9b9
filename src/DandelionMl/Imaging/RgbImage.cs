namespace DandelionMl.Imaging;

/// <summary>A decoded picture: 8-bit sRGB, three interleaved channels, upright (its EXIF orientation applied), no padding
/// between rows.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels that are already decoded.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="pixels">Row-major R, G, B bytes; its length is width × height × 3. Not copied.</param>
    /// <exception cref="ArgumentException">The sizes and the length of <paramref name="pixels"/> do not agree.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)width * height * 3)
        {
            throw new ArgumentException($"{width} × {height} pixels take {(long)width * height * 3} bytes, not {pixels.LongLength}.", nameof(pixels));
        }

        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Row-major R, G, B bytes, width × height × 3 of them.</summary>
    public byte[] Pixels { get; }
}
