using DandelionMl.Imaging;

namespace DandelionMl.AspNetCore.Api;

/// <summary>The limits of photos as people read them.</summary>
internal static class ReadableLimits
{
    private const int Megabyte = 1024 * 1024;
    private const int Megapixel = 1_000_000;

    /// <summary>The largest photo, in megabytes.</summary>
    public static long Megabytes(this ImageLimits limits) => Megabytes(limits.MaxBytes);

    /// <summary>A number of bytes, in megabytes.</summary>
    public static long Megabytes(long bytes) => bytes / Megabyte;

    /// <summary>The largest photo, in megapixels.</summary>
    public static int Megapixels(this ImageLimits limits) => limits.MaxPixels / Megapixel;
}
