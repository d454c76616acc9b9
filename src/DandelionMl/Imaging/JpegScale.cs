using SkiaSharp;

namespace DandelionMl.Imaging;

/// <summary>The size that a JPEG is decoded at: libjpeg-turbo can leave out the high frequencies of each 8×8 block, which costs a fraction of
/// decoding them and resampling afterwards.</summary>
/// <param name="FullWidth">Width in pixels as encoded.</param>
/// <param name="FullHeight">Height in pixels as encoded.</param>
/// <param name="Eighths">What of each side is decoded: 1, 2, 4 or 8 eighths, rounded up to whole pixels.</param>
internal readonly record struct JpegScale(int FullWidth, int FullHeight, int Eighths)
{
    private const int All = 8;

    /// <summary>Width in pixels, decoded.</summary>
    public int Width => Scaled(FullWidth, Eighths);

    /// <summary>Height in pixels, decoded.</summary>
    public int Height => Scaled(FullHeight, Eighths);

    /// <summary>Whether with one eighth more a side would be longer: in small pictures two scales may give one size, which then does not tell
    /// them apart.</summary>
    public bool IsTheLargestOfItsSize => Scaled(FullWidth, Eighths + 1) > Width || Scaled(FullHeight, Eighths + 1) > Height;

    /// <summary>The eighths that libjpeg-turbo has fast transforms for.</summary>
    private static ReadOnlySpan<int> Fast => [1, 2, 4];

    /// <summary>The smallest size whose shorter side is at least twice <paramref name="minimumSide"/>, or the full one. Twice,
    /// so that the antialiasing filter of the resampling still decides what is seen.</summary>
    public static JpegScale Choose(SKSizeI full, int minimumSide)
    {
        if (minimumSide > 0)
        {
            foreach (var eighths in Fast)
            {
                var scale = new JpegScale(full.Width, full.Height, eighths);
                if (Math.Min(scale.Width, scale.Height) >= 2L * minimumSide)
                {
                    return scale;
                }
            }
        }

        return new JpegScale(full.Width, full.Height, All);
    }

    private static int Scaled(int side, int eighths) => ((side * eighths) + All - 1) / All;
}
