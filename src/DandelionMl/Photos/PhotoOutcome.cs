namespace DandelionMl.Photos;

/// <summary>The result of a reviewer's decision, or of a change to the training set.</summary>
/// <param name="ImageId">The photo's row in the catalog.</param>
/// <param name="Refusal">Why it was refused; null if it was accepted.</param>
/// <param name="Photo">The photo as it is now; null if there is none.</param>
public sealed record PhotoOutcome(long ImageId, PhotoRefusal? Refusal, Photo? Photo)
{
    /// <summary>Whether it was accepted.</summary>
    public bool IsAccepted => Refusal is null;
}

/// <summary>Why a decision on a photo, or a change of it, is refused.</summary>
public enum PhotoRefusal
{
    /// <summary>The photo was not found; for a decision, no user sent it.</summary>
    NotFound,

    /// <summary>It was already decided; the photo tells by whom, when and how. Undo that decision first.</summary>
    AlreadyDecided,

    /// <summary>Another reviewer is looking at it.</summary>
    HeldByAnother,

    /// <summary>There is nothing to undo.</summary>
    NotDecided,

    /// <summary>A retraining has taken it, or the same photo came with a label; there is nothing to decide any more.</summary>
    AlreadyTaken,

    /// <summary>It is not in the training set: it waits for its review or the next retraining, was rejected, has no bytes yet, or is a
    /// duplicate of another photo, which stands for both.</summary>
    NotInTrainingSet,

    /// <summary>It was withdrawn before. Restore it first.</summary>
    AlreadyWithdrawn,

    /// <summary>It was not withdrawn, so there is nothing to restore.</summary>
    NotWithdrawn,

    /// <summary>It has that label already.</summary>
    AlreadyLabelled,

    /// <summary>Its bytes are kept, so that it can't be forgotten. Withdraw it to take it out of the training set.</summary>
    HasBytes,

    /// <summary>There is no class of that name, and nobody said that a new one is meant. Only the HTTP API and the pages ask for that:
    /// people mistype.</summary>
    UnknownClass,

    /// <summary>It was erased before.</summary>
    AlreadyErased,

    /// <summary>It has the bytes of another photo, which is to be erased in its place.</summary>
    IsDuplicate,

    /// <summary>It was given another label meanwhile than the one that was looked at.</summary>
    LabelChanged,
}
