using DandelionMl.AspNetCore.Api;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>The result for a photo that somebody sent.</summary>
/// <param name="FileName">The file's name.</param>
/// <param name="Photo">The result; null if it could not be classified.</param>
/// <param name="Certainty">How certain the prediction is.</param>
/// <param name="Problem">Why it could not be classified, as the name of a text; null if it was.</param>
/// <param name="Picture">The photo, small, as a data address; null where the page has it already, or it can't be read.</param>
public sealed record PhotoResult(
    string FileName,
    ExaminedPhoto? Photo = null,
    Certainty Certainty = Certainty.Sure,
    string? Problem = null,
    string? Picture = null)
{
    /// <summary>What its sender is told of whether it was stored; null if it was not to be.</summary>
    internal UploadResponse? Upload { get; init; }
}

/// <summary>How certain a prediction is.</summary>
public enum Certainty
{
    /// <summary>One class is clearly the most probable, and the photo looks like the training photos.</summary>
    Sure,

    /// <summary>Two classes are almost equally probable.</summary>
    Unsure,

    /// <summary>It does not look like any training photo.</summary>
    Unknown,
}
