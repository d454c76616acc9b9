namespace DandelionMl.Photos;

/// <summary>What a reviewer decides on a photo.</summary>
/// <param name="ImageId">The photo's row in the catalog.</param>
/// <param name="Action">What is decided.</param>
/// <param name="Label">The right label, for <see cref="ReviewAction.Correct"/> only: 1 to 50 characters; a new class is made by naming
/// it.</param>
public sealed record ReviewDecision(long ImageId, ReviewAction Action, string? Label = null);

/// <summary>What became of a decision.</summary>
/// <param name="ImageId">The photo's row in the catalog.</param>
/// <param name="Refusal">Why it was refused; null if it stands.</param>
/// <param name="Photo">The photo as it is now; null if there is none.</param>
public sealed record ReviewOutcome(long ImageId, ReviewRefusal? Refusal, UploadedPhoto? Photo)
{
    /// <summary>Whether the decision stands.</summary>
    public bool IsAccepted => Refusal is null;
}

/// <summary>Why a decision is refused.</summary>
public enum ReviewRefusal
{
    /// <summary>No user sent such a photo.</summary>
    NotFound,

    /// <summary>It was decided before; who, when and what is on the photo. Undo that first to decide anew.</summary>
    AlreadyDecided,

    /// <summary>Another reviewer is looking at it.</summary>
    HeldByAnother,

    /// <summary>There is nothing to undo.</summary>
    NotDecided,

    /// <summary>A retraining has taken it; it can't be undone any more.</summary>
    AlreadyTaken,
}

/// <summary>An entry of the audit: who did what with a photo, and when.</summary>
/// <param name="ImageId">The photo's row in the catalog.</param>
/// <param name="Action">What was done.</param>
/// <param name="FromLabel">The label before.</param>
/// <param name="ToLabel">The label after.</param>
/// <param name="Reviewer">Who did it.</param>
/// <param name="At">When, UTC.</param>
public sealed record ReviewEvent(
    long ImageId, ReviewAction Action, string FromLabel, string ToLabel, string Reviewer, DateTimeOffset At);

/// <summary>How far the review is.</summary>
/// <param name="Pending">Photos that wait, those that reviewers are looking at included.</param>
/// <param name="Held">Those that reviewers are looking at.</param>
/// <param name="Validated">Photos with a person's label that wait for the next retraining.</param>
/// <param name="Rejected">Photos refused.</param>
public sealed record ReviewProgress(long Pending, long Held, long Validated, long Rejected);

/// <summary>In which order photos are reviewed.</summary>
public enum ReviewOrder
{
    /// <summary>Those that a reviewer's minute is worth most for: see <see cref="ReviewDesk"/>.</summary>
    MostInformative,

    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>The oldest first.</summary>
    Oldest,
}
