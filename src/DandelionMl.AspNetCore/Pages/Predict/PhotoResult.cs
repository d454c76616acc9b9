using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>What is to be said of a photo that somebody sent.</summary>
/// <param name="FileName">What they call it.</param>
/// <param name="Photo">What was found out; null if it could not be classified.</param>
/// <param name="Certainty">How far to trust the prediction.</param>
/// <param name="Problem">Why it could not be classified, as the name of a text; null if it was.</param>
/// <param name="Picture">The photo, small, as a data address; null where the page has it already, or it can't be read.</param>
public sealed record PhotoResult(
    string FileName,
    ExaminedPhoto? Photo = null,
    Certainty Certainty = Certainty.Sure,
    string? Problem = null,
    string? Picture = null);

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
