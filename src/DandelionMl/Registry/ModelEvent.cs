namespace DandelionMl.Registry;

/// <summary>A change of a version's state: who made it, when and why.</summary>
/// <param name="Id">Its number; a later change has a higher one.</param>
/// <param name="Version">The version that was changed.</param>
/// <param name="Action">What was asked for. A promotion or a rollback changes two versions.</param>
/// <param name="From">The state before; null for a version that is new.</param>
/// <param name="To">The state after.</param>
/// <param name="Reason">Why.</param>
/// <param name="Actor">Who: a person's name, or that of a part of the system.</param>
/// <param name="At">When, UTC.</param>
public sealed record ModelEvent(
    long Id, int Version, ModelAction Action, ModelState? From, ModelState To, string Reason, string Actor, DateTimeOffset At);

/// <summary>What changes versions' states.</summary>
public enum ModelAction
{
    /// <summary>A version was added.</summary>
    Register,

    /// <summary>A version was made the champion, by the gate or by hand.</summary>
    Promote,

    /// <summary>The gate refused a version.</summary>
    Reject,

    /// <summary>The champion before was made the champion again.</summary>
    Rollback,
}
