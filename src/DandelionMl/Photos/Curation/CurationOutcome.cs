using DandelionMl.Catalog;

namespace DandelionMl.Photos;

/// <summary>What became of a change of the training set.</summary>
/// <param name="ImageId">The photo's row in the catalog.</param>
/// <param name="Refusal">Why it was refused; null if it was made.</param>
/// <param name="Photo">The photo as it is now; null if there is none.</param>
public sealed record CurationOutcome(long ImageId, CurationRefusal? Refusal, CatalogImage? Photo)
{
    /// <summary>Whether the change was made.</summary>
    public bool IsAccepted => Refusal is null;
}

/// <summary>Why a change of the training set is refused.</summary>
public enum CurationRefusal
{
    /// <summary>There is no such photo.</summary>
    NotFound,

    /// <summary>It is not in the training set: it waits for its review or the next retraining, was rejected, has no bytes yet, or is a
    /// duplicate of another photo, which stands for both.</summary>
    NotInTrainingSet,

    /// <summary>It was withdrawn before. Restore it first.</summary>
    AlreadyWithdrawn,

    /// <summary>It was not withdrawn, so there is nothing to restore.</summary>
    NotWithdrawn,
}
