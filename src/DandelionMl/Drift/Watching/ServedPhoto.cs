namespace DandelionMl.Drift.Watching;

/// <summary>A photo that was served, as far as drift is concerned.</summary>
internal sealed record ServedPhoto
{
    /// <summary>SHA-256 of its bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The version that classified it.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>The class that it was given.</summary>
    public required string Label { get; init; }

    /// <summary>The probability of the class, 0 to 1.</summary>
    public required double Probability { get; init; }

    /// <summary>Its rank by strangeness among held-out photos, 0 to 1; null if it can't be told.</summary>
    public required double? Rank { get; init; }

    /// <summary>How many classes it may be of, by <see cref="Classification.Prediction.Labels"/>; null if that can't be told. Counted by day,
    /// and not kept with the photo.</summary>
    public int? NamedClasses { get; init; }

    /// <summary>Whether it is like the training photos; null if that can't be told. Counted by day, and not kept with the photo.</summary>
    public bool? IsKnown { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Its embedding.</summary>
    public required ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>The day, UTC, as <c>2026-12-31</c>.</summary>
    public string Day => ServedDay.Of(At);
}
