using System.ComponentModel;
using DandelionMl.Classification;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>POST /predict</c>: what is on a photo.</summary>
internal static class PredictEndpoint
{
    /// <summary>Room for the multipart frame around a photo.</summary>
    public const int MultipartOverhead = 64 * 1024;

    public static void MapPredict(this IEndpointRouteBuilder routes) => routes
        .MapPost("/predict", PredictAsync)
        .WithName("Predict")
        .WithTags("Classification")
        .WithSummary("Classify a photo")
        .WithDescription(
            "Takes a JPEG, PNG or WebP photo in the multipart field `file` and answers with its class. With `keep=true` the photo is kept for "
            + "review, unless it is known already.")
        .TakesPhotos(routes.MaxPhotoBytes());

    /// <summary>The most bytes of a photo.</summary>
    public static long MaxPhotoBytes(this IEndpointRouteBuilder routes) =>
        routes.ServiceProvider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Images.MaxBytes;

    private static async Task<Ok<PredictResponse>> PredictAsync(
        [Description("The photo.")] IFormFile file,
        PhotoAnswers answers,
        CancellationToken cancellationToken,
        [FromForm, Description("Whether the user agrees to have the photo kept for review; false by default.")] bool keep = false) =>
        TypedResults.Ok(await answers.PredictAsync(file, keep, cancellationToken));

    /// <summary>What the routes have in common that classify a photo for anyone.</summary>
    /// <param name="route">The route.</param>
    /// <param name="maxBytes">The most bytes of a photo.</param>
    public static void TakesPhotos(this RouteHandlerBuilder route, long maxBytes) => route
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ForAnyone()
        .LimitPredictions()
        .LimitTime(TimeLimits.Upload)
        .LimitBody(maxBytes + MultipartOverhead)
        .WithMetadata(new PhotoForm())
        .DisableAntiforgery(); // No cookie is read here, and programs have no token.
}

/// <summary>What is on a photo.</summary>
/// <param name="Prediction">The most probable class.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="Probabilities">The probability of every class, the most probable first.</param>
/// <param name="ModelVersion">The model version that answered.</param>
/// <param name="Upload">What became of the photo; null if it was not to be kept.</param>
internal sealed record PredictResponse(
    string Prediction,
    float Probability,
    IReadOnlyDictionary<string, float> Probabilities,
    int ModelVersion,
    UploadResponse? Upload)
{
    public static PredictResponse Of(Prediction prediction, UploadResponse? upload) => new(
        prediction.Label,
        prediction.Probability,
        prediction.Probabilities.ToDictionary(item => item.Label, item => item.Probability),
        prediction.ModelVersion,
        upload);
}

/// <summary>What became of a photo that was to be kept.</summary>
/// <param name="Status">Whether it is new, known, or could not be kept this time.</param>
/// <param name="ImageId">Its number, or that of the photo that is there already; null if it could not be kept.</param>
/// <param name="Similarity">How similar it is to the one that is there, by the cosine of their embeddings; 1 for the same bytes, null for
/// a new one.</param>
internal sealed record UploadResponse(UploadState Status, long? ImageId, float? Similarity);

/// <summary>What became of a photo that was to be kept.</summary>
internal enum UploadState
{
    /// <summary>It waits for review.</summary>
    New,

    /// <summary>It, or one that looks the same, is there already.</summary>
    Known,

    /// <summary>The stores are out of reach at the moment; it was not kept.</summary>
    Failed,
}
