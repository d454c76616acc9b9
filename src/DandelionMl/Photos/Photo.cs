using DandelionMl.Catalog;
using DandelionMl.Backbones;

namespace DandelionMl.Photos;

/// <summary>A photo: its row in the catalog and, if a user sent it, the details of the upload.</summary>
public sealed record Photo
{
    /// <summary>Its row in the catalog. The label of a user's photo is the predicted one until a person gives it another.</summary>
    public required CatalogImage Image { get; init; }

    /// <summary>The upload's details, prediction and review; null if no user sent it.</summary>
    public PhotoUpload? Upload { get; init; }
}

/// <summary>The details of a photo that a user sent and agreed to have stored.</summary>
public sealed record PhotoUpload
{
    /// <summary>The sender's name for it, shown to people only. Null if it came without a name.</summary>
    public string? FileName { get; init; }

    /// <summary>The model's prediction.</summary>
    public required string PredictedLabel { get; init; }

    /// <summary>Probability of that label, 0 to 1.</summary>
    public required float Probability { get; init; }

    /// <summary>How much more probable it was than the next class, 0 to 1.</summary>
    public required float Margin { get; init; }

    /// <summary>The model version that said so.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>Whether it was like the photos that this version was trained on; null where that could not be told.</summary>
    public bool? IsKnown { get; init; }

    /// <summary>The space of its embedding.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>What its sender says is on it, a hint for whoever reviews it; null if nothing was said. See
    /// <see cref="PhotoExaminer.SuggestAsync"/>.</summary>
    public string? SuggestedLabel { get; init; }

    /// <summary>The reviewer who holds it, or held it last; null if nobody ever did.</summary>
    public string? Holder { get; init; }

    /// <summary>Until when <see cref="Holder"/> holds it, UTC: another reviewer may take it after that. Null if nobody ever held it.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>What a person decided; null while it waits.</summary>
    public PhotoReview? Review { get; init; }

    /// <summary>The watermark of the retraining that took it; null while it is in none.</summary>
    public long? Watermark { get; init; }
}

/// <summary>A reviewer's decision on a photo.</summary>
/// <param name="Action">The decision; never Undo.</param>
/// <param name="Reviewer">Who decided.</param>
/// <param name="At">When, UTC.</param>
public sealed record PhotoReview(PhotoAction Action, string Reviewer, DateTimeOffset At);
