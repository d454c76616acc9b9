using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Classification;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>POST /api/v1/suggestions</c>: whoever sent a photo that is kept says what is on it, for whoever reviews it.</summary>
internal static class SuggestionEndpoint
{
    public static void MapSuggestions(this IEndpointRouteBuilder routes) => routes.MapPublicApi().MapPost("/suggestions", SuggestAsync)
        .WithName("SuggestLabel")
        .WithTags("Uploads")
        .WithSummary("Say what is on a photo that one sent, by its receipt; a reviewer decides")
        .WithDescription("The answer is the same where no photo waits for review under the receipt.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .LimitPredictions();

    /// <summary>Whether a suggestion can be one: strangers choose a class of the served model, they make none.</summary>
    public static bool IsClass(this Classifier classifier, string label) => classifier.Serving?.Labels.Contains(label, StringComparer.Ordinal) ?? false;

    private static async Task<Results<NoContent, ProblemHttpResult>> SuggestAsync(
        SuggestionRequest request, Classifier classifier, PhotoExaminer examiner, CancellationToken cancellationToken)
    {
        if (!PhotoExaminer.IsReceipt(request.Receipt))
        {
            return TypedResults.Problem(ErasureEndpoints.NoReceipt, statusCode: StatusCodes.Status400BadRequest);
        }

        if (!classifier.IsClass(request.Label))
        {
            return TypedResults.Problem("The label is not a class of the served model.", statusCode: StatusCodes.Status400BadRequest);
        }

        await examiner.SuggestAsync(request.Receipt, request.Label, cancellationToken).ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}

/// <summary>What the sender of a photo says.</summary>
/// <param name="Receipt">The code that the sender was given; hyphens, spaces and case do not matter.</param>
/// <param name="Label">What is on the photo.</param>
internal sealed record SuggestionRequest(
    string Receipt,
    [property: Description("A class of the served model: another one, or the predicted one where it is right.")] string Label);
