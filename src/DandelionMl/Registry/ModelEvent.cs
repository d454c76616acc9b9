namespace DandelionMl.Registry;

/// <summary>A change of a version's state: who made it, when and why.</summary>
public sealed record ModelEvent
{
    /// <summary>Its number; a later change has a higher one.</summary>
    public required long Id { get; init; }

    /// <summary>The version that was changed.</summary>
    public required int Version { get; init; }

    /// <summary>What was asked for. A promotion or a rollback changes two versions.</summary>
    public required ModelAction Action { get; init; }

    /// <summary>The state before; null for a version that is new.</summary>
    public required ModelState? From { get; init; }

    /// <summary>The state after.</summary>
    public required ModelState To { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who: a person's name, or that of a part of the system.</summary>
    public required string Actor { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>The actions that change the state of a version.</summary>
public enum ModelAction
{
    /// <summary>A version was added.</summary>
    Register,

    /// <summary>A version was made the champion, by the gate or by hand.</summary>
    Promote,

    /// <summary>The gate rejected a version.</summary>
    Reject,

    /// <summary>The champion before was made the champion again.</summary>
    Rollback,
}
