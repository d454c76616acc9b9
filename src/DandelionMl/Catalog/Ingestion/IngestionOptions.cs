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

    /// <summary>Whether addresses that are not public are fetched from: those of the machine itself, its network, its cloud. Null, the
    /// default: only where a program or a person at this machine asks for it, by <see cref="DatasetIngestor"/> or the command line, and not in
    /// runs that are started over HTTP. The address that is connected to counts, also after a redirect.</summary>
    public bool? AllowPrivateAddresses { get; set; }

    /// <summary>Folders whose data sets may be ingested by runs that are started over HTTP; none by default, so that only data sets with a name
    /// may. Manifests of such runs name files in these folders alone. What a program or a person at this machine ingests is not bound
    /// by this.</summary>
    public IList<string> AllowedRoots { get; } = [];

    /// <summary>Where an ingestion may fetch from.</summary>
    /// <param name="isRemote">Whether it was asked for over HTTP.</param>
    internal SourceRules RulesFor(bool isRemote) =>
        new(!(AllowPrivateAddresses ?? !isRemote), isRemote ? [.. AllowedRoots] : null);
}
