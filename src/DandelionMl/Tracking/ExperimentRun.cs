namespace DandelionMl.Tracking;

/// <summary>A training as experiment trackers tell of one: what it was given and how it went.</summary>
internal sealed record ExperimentRun
{
    /// <summary>What tells it from the other trainings of its database.</summary>
    public required string Id { get; init; }

    /// <summary>What started it: <c>dag_run</c> for a pipeline, <c>local_run</c> for a program.</summary>
    public required string Source { get; init; }

    /// <summary>The machine that it ran on; null where that was not kept.</summary>
    public required string? Host { get; init; }

    /// <summary>How it ended.</summary>
    public required ExperimentStatus Status { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Why it failed or was cancelled; null if it was neither.</summary>
    public string? Reason { get; init; }

    /// <summary>The version that it made; null if there is none.</summary>
    public int? Version { get; init; }

    /// <summary>What it was given, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>How it went. The same training always has the same, so that they may be told again.</summary>
    public IReadOnlyList<ExperimentMetric> Metrics { get; init; } = [];

    /// <summary>Where it is on a tracking server; null if it is on none, or not yet.</summary>
    public Uri? Mirror { get; init; }
}

/// <summary>How a training ended.</summary>
internal enum ExperimentStatus
{
    /// <summary>There is a version.</summary>
    Finished,

    /// <summary>There is none.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

/// <summary>A number that a training gave.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">The number; it may be none.</param>
/// <param name="Step">The epoch that it belongs to, from 1.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Of">What it was measured on.</param>
internal sealed record ExperimentMetric(string Key, double Value, long Step, DateTimeOffset At, MeasuredOn Of = MeasuredOn.Training);

/// <summary>What a metric was measured on.</summary>
internal enum MeasuredOn
{
    /// <summary>The training itself.</summary>
    Training,

    /// <summary>The photos that were held out.</summary>
    TestPhotos,
}
