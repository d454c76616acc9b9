namespace DandelionMl.Photos;

/// <summary>What a reviewer decides on a photo.</summary>
/// <param name="ImageId">The photo's row in the catalog.</param>
/// <param name="Action">What is decided: <see cref="PhotoAction.Confirm"/>, <see cref="PhotoAction.Correct"/>,
/// <see cref="PhotoAction.NoneOfThese"/>, <see cref="PhotoAction.Unusable"/> or <see cref="PhotoAction.Undo"/>.</param>
/// <param name="Label">The right label, for <see cref="PhotoAction.Correct"/> only: 1 to 50 characters; a new class is made by naming
/// it.</param>
public sealed record ReviewDecision(long ImageId, PhotoAction Action, string? Label = null);

/// <summary>The progress of the review.</summary>
/// <param name="Pending">Photos that wait, those that reviewers are looking at included.</param>
/// <param name="Held">Those that reviewers are looking at.</param>
/// <param name="Validated">Photos with a person's label that wait for the next retraining.</param>
/// <param name="Rejected">Photos refused.</param>
public sealed record ReviewProgress(long Pending, long Held, long Validated, long Rejected);

/// <summary>In which order photos are reviewed.</summary>
public enum ReviewOrder
{
    /// <summary>The most useful ones to review: see <see cref="ReviewDesk"/>.</summary>
    MostInformative,

    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>The oldest first.</summary>
    Oldest,
}
