using SkiaSharp;

namespace DandelionMl.Imaging;

/// <summary>Chooses the size that a JPEG is decoded at: libjpeg-turbo can leave out the high frequencies of each 8×8 block,
/// which costs a fraction of decoding them and resampling afterwards.</summary>
internal static class JpegScale
{
    /// <summary>The eighths that libjpeg-turbo has fast transforms for.</summary>
    private static ReadOnlySpan<int> Eighths => [1, 2, 4];

    /// <summary>The smallest size whose shorter side is at least twice <paramref name="minimumSide"/>, or the full one. Twice,
    /// so that the antialiasing filter of the resampling still decides what is seen.</summary>
    public static SKSizeI Choose(SKCodec codec, int minimumSide)
    {
        if (minimumSide > 0)
        {
            foreach (var eighths in Eighths)
            {
                var size = codec.GetScaledDimensions(eighths / 8f);
                if (Math.Min(size.Width, size.Height) >= 2L * minimumSide)
                {
                    return size;
                }
            }
        }

        return codec.Info.Size;
    }
}
