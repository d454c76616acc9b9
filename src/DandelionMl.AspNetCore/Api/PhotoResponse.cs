using DandelionMl.Catalog;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Api;

/// <summary>A photo: the same wherever one is answered with.</summary>
/// <param name="ImageId">Its number.</param>
/// <param name="State">Its state.</param>
/// <param name="Label">Its label; for a user's photo the predicted one until a person gives it another.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="FileName">What its sender called it; null if no user sent it, or it came without a name.</param>
/// <param name="Sha256">SHA-256 of its bytes; null while they are not stored.</param>
/// <param name="Size">Number of its bytes; null while they are not stored.</param>
/// <param name="AddedAt">When it came, UTC.</param>
/// <param name="ChangedAt">When its label or state changed last, UTC.</param>
/// <param name="Upload">What the model and the reviewers said; null if no user sent it.</param>
/// <param name="History">What was done with it, the oldest first; null but where one photo is asked for by its number.</param>
internal sealed record PhotoResponse(
    long ImageId,
    ImageState State,
    string Label,
    string Source,
    string? FileName,
    string? Sha256,
    long? Size,
    DateTimeOffset AddedAt,
    DateTimeOffset ChangedAt,
    PhotoUploadResponse? Upload,
    IReadOnlyList<PhotoEvent>? History)
{
    public static PhotoResponse Of(Photo photo, IReadOnlyList<PhotoEvent>? history = null) => new(
        photo.Image.Id,
        photo.Image.State,
        photo.Image.Label,
        photo.Image.UrlSource,
        photo.Upload?.FileName,
        photo.Image.Content?.Sha256,
        photo.Image.Content?.Size,
        photo.Image.CreatedAt,
        photo.Image.UpdatedAt,
        photo.Upload is null ? null : PhotoUploadResponse.Of(photo.Upload),
        history);
}

/// <summary>What was said of a photo that a user sent.</summary>
/// <param name="PredictedLabel">What the model said.</param>
/// <param name="Probability">How probable that was, 0 to 1.</param>
/// <param name="Margin">How much more probable than the next class, 0 to 1.</param>
/// <param name="ModelVersion">The model version that said so.</param>
/// <param name="IsKnown">Whether the photo was like those that this version was trained on; null where that could not be told.</param>
/// <param name="SuggestedLabel">What its sender says is on it; null if nothing was said.</param>
/// <param name="Lease">Which reviewer has it, and until when; null if none ever had.</param>
/// <param name="Review">What a person decided; null while it waits.</param>
/// <param name="Watermark">The watermark of the retraining that took it; null while it is in none.</param>
internal sealed record PhotoUploadResponse(
    string PredictedLabel,
    float Probability,
    float Margin,
    int ModelVersion,
    bool? IsKnown,
    string? SuggestedLabel,
    PhotoLease? Lease,
    PhotoReview? Review,
    long? Watermark)
{
    public static PhotoUploadResponse Of(PhotoUpload upload) => new(
        upload.PredictedLabel, upload.Probability, upload.Margin, upload.ModelVersion, upload.IsKnown, upload.SuggestedLabel, PhotoLease.Of(upload), upload.Review,
        upload.Watermark);
}

/// <summary>Some photos.</summary>
/// <param name="Items">The photos.</param>
/// <param name="Next">What to give as <c>before</c> for those that follow; null if there are none.</param>
internal sealed record PhotoList(IReadOnlyList<PhotoResponse> Items, long? Next)
{
    /// <param name="photos">A page.</param>
    /// <param name="count">How many it may have.</param>
    public static PhotoList Of(IReadOnlyList<Photo> photos, int count) => new(
        [.. photos.Select(photo => PhotoResponse.Of(photo))], photos.Count < count ? null : photos[^1].Image.Id);
}

/// <summary>A photo that looks like another.</summary>
/// <param name="Photo">The photo.</param>
/// <param name="Similarity">Cosine similarity of the embeddings, -1 to 1.</param>
internal sealed record SimilarPhotoResponse(PhotoResponse Photo, float Similarity)
{
    public static SimilarPhotoResponse Of(KnownPhoto known) => new(PhotoResponse.Of(known.Photo), known.Similarity);
}

/// <summary>A reviewer's temporary reservation of a photo.</summary>
/// <param name="Reviewer">Who has it.</param>
/// <param name="Until">When it is free again, UTC.</param>
internal sealed record PhotoLease(string Reviewer, DateTimeOffset Until)
{
    public static PhotoLease? Of(PhotoUpload upload) =>
        upload is { Holder: { } holder, HeldUntil: { } until } ? new PhotoLease(holder, until) : null;
}
