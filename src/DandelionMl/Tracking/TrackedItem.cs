namespace DandelionMl.Tracking;

/// <summary>A training of which something is not on the tracking server yet.</summary>
internal sealed record TrackedItem
{
    /// <summary>The kind of a training that made a version; its id is the version's number.</summary>
    public const string Version = "version";

    /// <summary>The kind of one that did not; its id is that of the pipeline's run.</summary>
    public const string Run = "run";

    public required string Kind { get; init; }

    public required long Id { get; init; }

    /// <summary>The last change there is of it: the number of a version's event, or the attempt of a run.</summary>
    public required long Change { get; init; }

    /// <summary>Since when something waits, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The ids that the server gave for what it has of it already, as JSON.</summary>
    public required string Ids { get; init; }

    /// <summary>How often the server refused it.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it is due again, UTC; null for at once.</summary>
    public required DateTimeOffset? RetryAt { get; init; }

    /// <summary>Why it is not there yet; null if it was not tried.</summary>
    public required string? Error { get; init; }

    /// <summary>How people call it.</summary>
    public string Name => $"{Kind} {Id}";
}
