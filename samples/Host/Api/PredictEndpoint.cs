using System.ComponentModel;
using DandelionMl.Classification;
using DandelionMl.Host.Security.Limits;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.Host.Api;

/// <summary><c>POST /predict</c>: what is on a photo.</summary>
internal static class PredictEndpoint
{
    public static void MapPredict(this IEndpointRouteBuilder routes) => routes
        .MapPost("/predict", PredictAsync)
        .WithName("Predict")
        .WithTags("Classification")
        .WithSummary("Classify a photo")
        .WithDescription("Takes a JPEG, PNG or WebP photo in the multipart field `file` and answers with its class.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .AllowAnonymous()
        .LimitPredictions()
        .WithRequestTimeout(RequestTimeouts.Upload)
        .DisableAntiforgery(); // No cookie is read here, and programs have no token.

    private static async Task<Ok<PredictResponse>> PredictAsync(
        [Description("The photo.")] IFormFile file, Classifier classifier, CancellationToken cancellationToken)
    {
        await using var photo = file.OpenReadStream();
        var prediction = await classifier.ClassifyAsync(photo, cancellationToken);
        return TypedResults.Ok(new PredictResponse(
            prediction.Label,
            prediction.Probability,
            prediction.Probabilities.ToDictionary(item => item.Label, item => item.Probability),
            prediction.ModelVersion));
    }
}

/// <summary>What is on a photo.</summary>
/// <param name="Prediction">The most probable class.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="Probabilities">The probability of every class, the most probable first.</param>
/// <param name="ModelVersion">The model version that answered.</param>
internal sealed record PredictResponse(
    string Prediction, float Probability, IReadOnlyDictionary<string, float> Probabilities, int ModelVersion);
