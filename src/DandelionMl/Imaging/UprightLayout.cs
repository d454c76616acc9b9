using SkiaSharp;

namespace DandelionMl.Imaging;

/// <summary>Where each pixel of a picture as encoded lies in the upright one: pixel (x, y) goes to index
/// <see cref="Origin"/> + x × <see cref="StepX"/> + y × <see cref="StepY"/>.</summary>
internal readonly record struct UprightLayout(int Width, int Height, int Origin, int StepX, int StepY)
{
    /// <summary>The index of a pixel in the upright picture.</summary>
    public int IndexOf(int x, int y) => Origin + (x * StepX) + (y * StepY);

    /// <summary>The layout for one of the eight EXIF orientations, of a picture of the given size as encoded.</summary>
    public static UprightLayout For(SKEncodedOrigin orientation, int width, int height)
    {
        var last = (width * height) - 1;
        return orientation switch
        {
            SKEncodedOrigin.TopRight => new(width, height, width - 1, -1, width),
            SKEncodedOrigin.BottomRight => new(width, height, last, -1, -width),
            SKEncodedOrigin.BottomLeft => new(width, height, last - width + 1, 1, -width),
            SKEncodedOrigin.LeftTop => new(height, width, 0, height, 1),
            SKEncodedOrigin.RightTop => new(height, width, height - 1, height, -1),
            SKEncodedOrigin.RightBottom => new(height, width, last, -height, -1),
            SKEncodedOrigin.LeftBottom => new(height, width, last - height + 1, -height, 1),
            _ => new(width, height, 0, 1, width),
        };
    }
}
