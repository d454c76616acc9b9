using DandelionMl.Classification;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>What is to be said of a photo that somebody sent.</summary>
/// <param name="FileName">What they call it.</param>
/// <param name="Picture">The photo, small, as a data address; null where the page has it already, or it can't be read.</param>
/// <param name="Problem">Why it could not be classified, as the name of a text; null if it was.</param>
/// <param name="Prediction">What the model says; null if it could not be classified.</param>
/// <param name="Certainty">How far to trust that.</param>
/// <param name="Similar">The photos of the training set that look most like it and may be shown.</param>
/// <param name="Kept">What became of it; null if it was not to be kept.</param>
/// <param name="Twin">The photo that is there already, where it is known.</param>
public sealed record PhotoResult(
    string FileName,
    string? Picture = null,
    string? Problem = null,
    Prediction? Prediction = null,
    Certainty Certainty = Certainty.Sure,
    IReadOnlyList<KnownPhoto>? Similar = null,
    Keeping? Kept = null,
    KnownPhoto? Twin = null);

/// <summary>How far a prediction is to be trusted.</summary>
public enum Certainty
{
    /// <summary>One class stands out, and photos like it were learned from.</summary>
    Sure,

    /// <summary>Two classes are nearly as probable as one another.</summary>
    Unsure,

    /// <summary>It looks like nothing that was learned from.</summary>
    Unknown,
}

/// <summary>What became of a photo that was to be kept.</summary>
public enum Keeping
{
    /// <summary>It waits for review.</summary>
    New,

    /// <summary>It is there already.</summary>
    Known,

    /// <summary>The stores are out of reach at the moment.</summary>
    Failed,
}
