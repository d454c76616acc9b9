using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Photos;
using DandelionMl.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Photos are erased for good: by their senders with <c>POST /api/v1/erasures</c>, by administrators with
/// <c>POST /api/v1/images/{id}/erase</c> and <c>POST /api/v1/images/sha256/{sha256}/erase</c>.</summary>
internal static class ErasureEndpoints
{
    /// <summary>What is said of a text that can't be a receipt.</summary>
    public const string NoReceipt = "This is not a valid receipt. It has 20 letters and digits; look for one that is mistyped.";

    public static void MapErasures(this IEndpointRouteBuilder routes)
    {
        routes.MapPublicApi().MapPost("/erasures", EraseByReceiptAsync)
            .WithName("EraseMyPhoto")
            .WithTags("Uploads")
            .WithSummary("Erase a photo that one sent, by its receipt")
            .WithDescription("The answer is the same where no photo is stored under the receipt, or not any more.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .LimitPredictions();
        var images = routes.MapAdminApi().MapGroup("/images").WithTags("Images");
        images.MapPost("/{imageId:long}/erase", EraseAsync)
            .WithName("EraseImage")
            .ErasesForGood("Erase a photo for good: its file, its embeddings and its history");
        images.MapPost("/sha256/{sha256}/erase", EraseBytesAsync)
            .WithName("EraseImageBySha256")
            .ErasesForGood("Erase the photo of some bytes for good, by their SHA-256");
    }

    private static void ErasesForGood(this RouteHandlerBuilder route, string summary) => route
        .WithSummary(summary)
        .WithDescription(
            "Its hash is kept, so that the same file is never stored again. Models that were trained on it keep what they learned; each says how "
            + "many photos it learned from that are erased now.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, ProblemHttpResult>> EraseByReceiptAsync(
        ErasureRequest request, PhotoExaminer examiner, CancellationToken cancellationToken)
    {
        if (!PhotoExaminer.IsReceipt(request.Receipt))
        {
            return TypedResults.Problem(NoReceipt, statusCode: StatusCodes.Status400BadRequest);
        }

        await examiner.EraseAsync(request.Receipt, cancellationToken).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> EraseAsync(
        long imageId, ReasonRequest? request, TrainingSetEditor editor, Actor actor, CancellationToken cancellationToken) =>
        RefusalText.Answer(await editor.EraseAsync(imageId, actor.AuditName, CurationReason.Check(request?.Reason), cancellationToken).ConfigureAwait(false));

    private static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> EraseBytesAsync(
        string sha256, ReasonRequest? request, TrainingSetEditor editor, Actor actor, CancellationToken cancellationToken) =>
        ContentHash.IsWellFormed(sha256)
            ? RefusalText.Answer(await editor.EraseBytesAsync(
                sha256, actor.AuditName, CurationReason.Check(request?.Reason), cancellationToken).ConfigureAwait(false))
            : TypedResults.Problem("This is not a SHA-256: it needs 64 lower-case hexadecimal digits.", statusCode: StatusCodes.Status400BadRequest);
}

/// <summary>What is to be erased.</summary>
/// <param name="Receipt">The code that the sender was given; hyphens, spaces and case do not matter.</param>
internal sealed record ErasureRequest(string Receipt);
