using DandelionMl.Catalog;

namespace DandelionMl.Photos;

/// <summary>All that is known of a photo.</summary>
/// <param name="Image">Its row in the catalog.</param>
/// <param name="Upload">What is known of it beside, if a user sent it; else null.</param>
/// <param name="History">What was done with it, the oldest first; the first is always <see cref="PhotoAction.Add"/>.</param>
public sealed record PhotoDetails(CatalogImage Image, UploadedPhoto? Upload, IReadOnlyList<PhotoEvent> History);

/// <summary>An entry of a photo's history.</summary>
/// <param name="Action">What was done.</param>
/// <param name="FromLabel">The label before; null where it is not about labels.</param>
/// <param name="ToLabel">The label after; null where it is not about labels.</param>
/// <param name="Reason">Why, as the person said; null if nothing was said.</param>
/// <param name="Actor">Who did it; null where nobody is known.</param>
/// <param name="At">When, UTC.</param>
public sealed record PhotoEvent(
    PhotoAction Action, string? FromLabel, string? ToLabel, string? Reason, string? Actor, DateTimeOffset At);

/// <summary>What can be done with a photo.</summary>
public enum PhotoAction
{
    /// <summary>It came into the catalog.</summary>
    Add,

    /// <summary>A reviewer said that the predicted label is right.</summary>
    Confirm,

    /// <summary>A reviewer gave it another label.</summary>
    Correct,

    /// <summary>A reviewer said that it shows none of the classes.</summary>
    NoneOfThese,

    /// <summary>A reviewer said that nothing can be learned from it.</summary>
    Unusable,

    /// <summary>A reviewer took back what was decided.</summary>
    Undo,

    /// <summary>A retraining took it for the training set.</summary>
    Take,

    /// <summary>A photo of the training set was given another label.</summary>
    Relabel,

    /// <summary>It was taken out of the training set.</summary>
    Withdraw,

    /// <summary>It was put back into the training set.</summary>
    Restore,
}
