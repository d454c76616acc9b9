using DandelionMl.Backbones;
using DandelionMl.Catalog;

namespace DandelionMl.Photos;

/// <summary>A photo that a user sent and agreed to have kept.</summary>
/// <param name="Image">Its row of the catalog; until it is reviewed its label is the predicted one.</param>
/// <param name="FileName">What the user called it; for people only. Null if it came without a name.</param>
/// <param name="PredictedLabel">What the model said of it.</param>
/// <param name="Probability">Probability of that label, 0 to 1.</param>
/// <param name="Margin">How much more probable it was than the next class, 0 to 1.</param>
/// <param name="ModelVersion">The model version that said so.</param>
/// <param name="Space">Where its embedding lives.</param>
/// <param name="Lease">Who is looking at it, and until when; null if nobody ever was.</param>
/// <param name="Review">What a person decided; null while it waits.</param>
/// <param name="Watermark">The watermark of the retraining that took it; null while it is in none.</param>
public sealed record UploadedPhoto(
    CatalogImage Image,
    string? FileName,
    string PredictedLabel,
    float Probability,
    float Margin,
    int ModelVersion,
    EmbeddingSpace Space,
    PhotoLease? Lease,
    PhotoReview? Review,
    long? Watermark);

/// <summary>A photo that is one reviewer's to decide on for a while.</summary>
/// <param name="Reviewer">Who has it.</param>
/// <param name="Until">When it is free again, UTC.</param>
public sealed record PhotoLease(string Reviewer, DateTimeOffset Until);

/// <summary>What a person decided on a photo.</summary>
/// <param name="Action">What was decided; never an undoing.</param>
/// <param name="Reviewer">Who decided.</param>
/// <param name="At">When, UTC.</param>
public sealed record PhotoReview(ReviewAction Action, string Reviewer, DateTimeOffset At);
