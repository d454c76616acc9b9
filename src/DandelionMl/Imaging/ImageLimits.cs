using System.ComponentModel.DataAnnotations;

namespace DandelionMl.Imaging;

/// <summary>Limits on what a decoder accepts, checked against the header before a pixel is decoded.</summary>
public sealed class ImageLimits
{
    /// <summary>Largest file in bytes; 20 MiB by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>Largest width × height in pixels; by default 8192 × 6144, which phones of 50 megapixels make.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxPixels { get; set; } = 8192 * 6144;

    /// <summary>Most frames of an animation; the first alone is read. 1,000 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MaxFrames { get; set; } = 1_000;
}
