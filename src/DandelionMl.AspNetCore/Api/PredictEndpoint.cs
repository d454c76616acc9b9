using System.ComponentModel;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Hosting;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>POST /predict</c>: what is on a photo.</summary>
internal static class PredictEndpoint
{
    public static void MapPredict(this IEndpointRouteBuilder routes) => routes
        .MapPost("/predict", PredictAsync)
        .WithName("Predict")
        .WithTags("Classification")
        .WithSummary("Classify a photo")
        .WithDescription(
            "Send a JPEG, PNG or WebP photo in the multipart field `file`; the answer is its class. With `keep=true` the photo is stored for "
            + "review, unless it is already known.")
        .TakesOnePhoto()
        .TakesPhotos(routes.MaxPhotoBytes());

    /// <summary>The most bytes of a photo.</summary>
    public static long MaxPhotoBytes(this IEndpointRouteBuilder routes) =>
        routes.ServiceProvider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Images.MaxBytes;

    private static async Task<Ok<PredictResponse>> PredictAsync(
        [Description("The photo.")] IFormFile file,
        PhotoExaminer examiner,
        RateLimits limits,
        HttpContext context,
        CancellationToken cancellationToken,
        [FromForm, Description("Whether the user agrees that the photo is stored for review; false by default.")] bool keep = false) =>
        TypedResults.Ok(await AnswerAsync(file, keep, examiner, limits, context, cancellationToken).ConfigureAwait(false));

    /// <summary>Examines a photo, and keeps it for review where it is to be kept.</summary>
    public static async Task<PredictResponse> AnswerAsync(
        IFormFile file, bool keep, PhotoExaminer examiner, RateLimits limits, HttpContext context, CancellationToken cancellationToken)
    {
        var examination = new PhotoExamination { FileName = file.FileName };
        var photo = await examiner.ExamineAsync(file, keep, examination, limits, context, cancellationToken).ConfigureAwait(false);
        return PredictResponse.Of(photo, UploadResponse.Of(photo, KnownPhotoRules.MayTell(context)));
    }

    /// <summary>What the routes have in common that classify a photo for anyone.</summary>
    /// <param name="route">The route.</param>
    /// <param name="maxBytes">The most bytes of all photos of a request.</param>
    /// <param name="mostParts">The most fields and files of the form.</param>
    public static void TakesPhotos(this RouteHandlerBuilder route, long maxBytes, int mostParts = 16) => route
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ForAnyone()
        .LimitPredictions()
        .LimitTime(TimeLimits.Upload)
        .LimitBody(maxBytes + PhotoReception.MultipartOverhead)
        .WithMetadata(new PhotoForm(maxBytes, mostParts))
        .DisableAntiforgery(); // No cookie is read here, and programs have no token.
}

/// <summary>What is on a photo.</summary>
/// <param name="Prediction">The most probable class.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="Probabilities">The probability of every class, the most probable first.</param>
/// <param name="Labels">The classes that the photo may be of, the most probable first: of photos like the training photos, 95 % have their own
/// class among them, or the share that is configured. Null where the model can't tell.</param>
/// <param name="ModelVersion">The model version that answered.</param>
/// <param name="IsKnown">Whether the photo is like those that the model was trained on; a model gives one of its classes to any
/// photo, so where this is false the prediction means little. Null where the model can't tell.</param>
/// <param name="Upload">What became of the photo; null if it was not to be kept.</param>
internal sealed record PredictResponse(
    string Prediction,
    float Probability,
    IReadOnlyDictionary<string, float> Probabilities,
    IReadOnlyList<string>? Labels,
    int ModelVersion,
    bool? IsKnown,
    UploadResponse? Upload)
{
    public static PredictResponse Of(ExaminedPhoto photo, UploadResponse? upload) => new(
        photo.Prediction.Label,
        photo.Prediction.Probability,
        photo.Prediction.Probabilities.ToDictionary(item => item.Label, item => item.Probability),
        photo.Prediction.Labels,
        photo.Prediction.ModelVersion,
        photo.Prediction.IsKnown,
        upload);
}
