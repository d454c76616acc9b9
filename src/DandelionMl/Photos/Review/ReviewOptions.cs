using System.ComponentModel.DataAnnotations;

namespace DandelionMl.Photos;

/// <summary>How users' photos are reviewed and taken into the training set.</summary>
public sealed class ReviewOptions
{
    /// <summary>How long a photo is reserved for one reviewer; 5 minutes by default.</summary>
    [TimeSpanRange("00:00:10", "1.00:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Share of the photos that is drawn at random rather than for being uncertain, so that the test images are not only hard
    /// ones; 0.2 by default.</summary>
    [Range(0, 1)]
    public double RandomShare { get; set; } = 0.2;

    /// <summary>A validated photo with a longer side than this, in pixels, joins the training set scaled down to it; 1,024 by
    /// default.</summary>
    [Range(64, 65_500)]
    public int MaxSide { get; set; } = 1_024;

    /// <summary>JPEG quality of a scaled-down photo, 1 to 100; 90 by default.</summary>
    [Range(1, 100)]
    public int JpegQuality { get; set; } = 90;

    /// <summary>The most photos that wait for review at a time; 20,000 by default. Above it photos are still classified, and not
    /// stored.</summary>
    [Range(1, long.MaxValue)]
    public long MaxPending { get; set; } = 20_000;

    /// <summary>The most bytes of photos that wait for review at a time; 10 GiB by default.</summary>
    [Range(1, long.MaxValue)]
    public long MaxPendingBytes { get; set; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Free bytes that photos of users leave on the disk; 256 MiB by default. It counts where photos are in a folder.</summary>
    [Range(0, long.MaxValue)]
    public long MinimumFreeBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Whether the original of a scaled-down photo is kept, under its hash; true by default.</summary>
    public bool KeepOriginals { get; set; } = true;
}
