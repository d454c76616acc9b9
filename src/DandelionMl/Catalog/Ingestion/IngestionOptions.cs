using System.ComponentModel.DataAnnotations;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Options of <see cref="DatasetIngestor"/>.</summary>
public sealed class IngestionOptions
{
    /// <summary>Most images fetched at a time, and most stored at a time; 16 by default. Images are held in memory while they wait for either,
    /// six times this many at most, each of at most <see cref="Imaging.ImageLimits.MaxBytes"/> bytes.</summary>
    [Range(1, 256)]
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>How often a download is tried again after an error that may pass (no connection, a time-out, HTTP status 408, 429 or 5xx);
    /// 3 by default.</summary>
    [Range(0, 20)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Wait before the first retry; doubles with each, with jitter. 1 second by default.</summary>
    [TimeSpanRange("00:00:00", "00:05:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most time that one try of a download may take, its body included; 60 seconds by default.</summary>
    [TimeSpanRange("00:00:00.010", "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
