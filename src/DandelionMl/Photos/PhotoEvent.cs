namespace DandelionMl.Photos;

/// <summary>An entry of a photo's history: who did what with it, and when.</summary>
public sealed record PhotoEvent
{
    /// <summary>The photo's row in the catalog.</summary>
    public required long ImageId { get; init; }

    /// <summary>What was done.</summary>
    public required PhotoAction Action { get; init; }

    /// <summary>The label before; null where it is not about labels.</summary>
    public string? FromLabel { get; init; }

    /// <summary>The label after; null where it is not about labels.</summary>
    public string? ToLabel { get; init; }

    /// <summary>Why, as the person said; null if nothing was said.</summary>
    public string? Reason { get; init; }

    /// <summary>Who did it; null if unknown.</summary>
    public string? Actor { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
