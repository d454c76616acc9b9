using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Catalog;
using DandelionMl.Embeddings;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/uploads</c>: users' photos.</summary>
internal static class UploadEndpoints
{
    private const int MaxSimilar = 50;

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapPublicApi().MapPost("/uploads", UploadAsync)
            .WithName("Upload")
            .WithTags("Uploads")
            .WithSummary("Classify a photo and keep it for review, unless it is known")
            .TakesPhotos(routes.MaxPhotoBytes());

        var uploads = routes.MapAdminApi().MapGroup("/uploads").WithTags("Uploads");
        uploads.MapGet("/", ListAsync)
            .WithName("ListUploads")
            .WithSummary("Users' photos of a state, the newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        uploads.MapGet("/{imageId:long}", FindAsync)
            .WithName("GetUpload")
            .WithSummary("A photo, and everything that was done with it")
            .ProducesProblem(StatusCodes.Status404NotFound);
        uploads.MapGet("/{imageId:long}/similar", FindSimilarAsync)
            .WithName("ListSimilar")
            .WithSummary("The photos that look most like one, the most similar first")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<PredictResponse>> UploadAsync(
        [Description("The photo.")] IFormFile file, PhotoAnswers answers, CancellationToken cancellationToken) =>
        TypedResults.Ok(await answers.PredictAsync(file, keep: true, cancellationToken));

    private static async Task<Ok<UploadList>> ListAsync(
        ReviewRecords records,
        CancellationToken cancellationToken,
        [Description("The state, such as validated or rejected; pending by default.")] Choice<ImageState>? state = null,
        [Description("Only photos with a smaller number; from `next` of the page before.")] long? before = null,
        [Description("The most to give, 1 to 200; 50 by default.")] int limit = 50)
    {
        var (_, count) = new PageRequest(null, limit).Check();
        var photos = await records.ListAsync(state?.Value ?? ImageState.Pending, before, count, cancellationToken);
        return TypedResults.Ok(new UploadList(
            [.. photos.Select(UploadedPhotoResponse.Of)], photos.Count < count ? null : photos[^1].Image.Id));
    }

    private static async Task<Results<Ok<UploadDetails>, ProblemHttpResult>> FindAsync(
        long imageId, ReviewRecords records, CancellationToken cancellationToken) =>
        await records.FindAsync(imageId, cancellationToken) is { } photo
            ? TypedResults.Ok(new UploadDetails(
                UploadedPhotoResponse.Of(photo), await records.ListEventsAsync(imageId, cancellationToken)))
            : NotFound(imageId);

    private static async Task<Results<Ok<IReadOnlyList<SimilarPhotoResponse>>, ProblemHttpResult>> FindSimilarAsync(
        long imageId,
        ReviewRecords records,
        IEmbeddingStore embeddings,
        KnownPhotos known,
        CancellationToken cancellationToken,
        [Description("The most to give, 1 to 50; 6 by default.")] int count = 6)
    {
        if (count is < 1 or > MaxSimilar)
        {
            throw new BadHttpRequestException($"count is {count}: it must be between 1 and {MaxSimilar}.");
        }

        if (await records.FindAsync(imageId, cancellationToken) is not { Image.Content.Sha256: var sha256 } photo)
        {
            return NotFound(imageId);
        }

        var found = await embeddings.GetAsync(photo.Space, [sha256], cancellationToken);
        var similar = found.TryGetValue(sha256, out var embedding)
            ? await known.FindSimilarAsync(photo.Space, embedding, count + 1, cancellationToken) // It is the most like itself.
            : [];
        return TypedResults.Ok<IReadOnlyList<SimilarPhotoResponse>>([.. similar.Where(other => other.Image.Id != imageId).Take(count)
            .Select(other => new SimilarPhotoResponse(other.Image.Id, other.Image.State, other.Image.Label, other.Similarity))]);
    }

    private static ProblemHttpResult NotFound(long imageId) =>
        TypedResults.Problem($"There is no uploaded photo {imageId}.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>A photo that looks like another.</summary>
/// <param name="ImageId">Its number.</param>
/// <param name="State">How far it is.</param>
/// <param name="Label">Its label.</param>
/// <param name="Similarity">Cosine similarity of the embeddings, -1 to 1.</param>
internal sealed record SimilarPhotoResponse(long ImageId, ImageState State, string Label, float Similarity);

/// <summary>Some of the users' photos.</summary>
/// <param name="Items">The photos.</param>
/// <param name="Next">What to give as <c>before</c> for those that follow; null if there are none.</param>
internal sealed record UploadList(IReadOnlyList<UploadedPhotoResponse> Items, long? Next);

/// <summary>A photo with its history.</summary>
/// <param name="Photo">The photo.</param>
/// <param name="Events">What was done with it, the oldest first.</param>
internal sealed record UploadDetails(UploadedPhotoResponse Photo, IReadOnlyList<ReviewEvent> Events);

/// <summary>A photo that a user sent.</summary>
/// <param name="ImageId">Its number.</param>
/// <param name="State">How far it is.</param>
/// <param name="Label">The label that a person gave it; the predicted one until then.</param>
/// <param name="PredictedLabel">What the model said.</param>
/// <param name="Probability">How probable that was, 0 to 1.</param>
/// <param name="Margin">How much more probable than the next class, 0 to 1.</param>
/// <param name="ModelVersion">The model version that said so.</param>
/// <param name="FileName">What the user called it.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="UploadedAt">When it came, UTC.</param>
/// <param name="Lease">Who is looking at it.</param>
/// <param name="Review">What was decided.</param>
/// <param name="Watermark">The watermark of the retraining that took it.</param>
internal sealed record UploadedPhotoResponse(
    long ImageId,
    ImageState State,
    string Label,
    string PredictedLabel,
    float Probability,
    float Margin,
    int ModelVersion,
    string? FileName,
    string? Sha256,
    DateTimeOffset UploadedAt,
    PhotoLease? Lease,
    PhotoReview? Review,
    long? Watermark)
{
    public static UploadedPhotoResponse Of(UploadedPhoto photo) => new(
        photo.Image.Id,
        photo.Image.State,
        photo.Image.Label,
        photo.PredictedLabel,
        photo.Probability,
        photo.Margin,
        photo.ModelVersion,
        photo.FileName,
        photo.Image.Content?.Sha256,
        photo.Image.CreatedAt,
        photo.Lease,
        photo.Review,
        photo.Watermark);
}
