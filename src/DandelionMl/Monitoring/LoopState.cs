using DandelionMl.LiveAccuracy;
using DandelionMl.Pipelines;

namespace DandelionMl.Monitoring;

/// <summary>How the learning loop stands, for those who watch it.</summary>
internal sealed record LoopState
{
    /// <summary>When it was read, UTC.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>Photos that wait for review.</summary>
    public required long PendingPhotos { get; init; }

    /// <summary>When the oldest of them came, UTC; null if none waits.</summary>
    public required DateTimeOffset? OldestPendingAt { get; init; }

    /// <summary>The champion's version; 0 if there is none.</summary>
    public required int Champion { get; init; }

    /// <summary>Since when it is the champion, UTC; null if there is none.</summary>
    public required DateTimeOffset? ChampionSince { get; init; }

    /// <summary>Versions that the gate rejected since then.</summary>
    public required int RejectedSince { get; init; }

    /// <summary>For how many verdicts the gate's test images were used on average; null while there was none beside a champion.</summary>
    public required double? TestImageUses { get; init; }

    /// <summary>For how many they may be used.</summary>
    public required int MaximumTestImageUses { get; init; }

    /// <summary>How good the champion is on the photos that people send; null if there is none, or no photo of it was kept.</summary>
    public required WeekAccuracy? LiveAccuracy { get; init; }

    /// <summary>Bytes that the image store can still take; null where it can't be told.</summary>
    public required long? FreeBytes { get; init; }

    /// <summary>The pipelines.</summary>
    public required IReadOnlyList<PipelineInfo> Pipelines { get; init; }

    /// <summary>The newest run of each that has ended, by the pipeline's id.</summary>
    public required IReadOnlyDictionary<string, PipelineRun> LastEnded { get; init; }
}
