using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/images/{id}/…</c>: what people change in the training set.</summary>
internal static class CurationEndpoints
{
    public static void MapCuration(this IEndpointRouteBuilder routes)
    {
        var photo = routes.MapAdminApi().MapGroup("/images/{imageId:long}").WithTags("Images")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        photo.MapPost("/relabel", RelabelAsync)
            .WithName("RelabelImage")
            .WithSummary("Change the label of a training photo, from the next training on");
        photo.MapPost("/keep", KeepAsync)
            .WithName("KeepImageLabel")
            .WithSummary("Record that somebody looked at a training photo and found its label right, so that it is doubted no more");
        photo.MapPost("/withdraw", WithdrawAsync)
            .WithName("WithdrawImage")
            .WithSummary("Withdraw a photo from the training set, from the next training on; earlier models keep it in their lineage");
        photo.MapPost("/restore", RestoreAsync)
            .WithName("RestoreImage")
            .WithSummary("Put a withdrawn photo back into the training set");
        photo.MapDelete("/", ForgetAsync)
            .WithName("ForgetImage")
            .WithSummary("Forget a photo that a data set listed and that never came, or whose file was lost");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ForgetAsync(
        long imageId, TrainingSetEditor editor, CancellationToken cancellationToken)
    {
        var outcome = await editor.ForgetAsync(imageId, cancellationToken).ConfigureAwait(false);
        return outcome.IsAccepted ? TypedResults.NoContent() : RefusalText.Problem(outcome);
    }

    private static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> RelabelAsync(
        long imageId, RelabelRequest request, TrainingSetEditor editor, KnownLabels labels, Actor actor, CancellationToken cancellationToken) =>
        !request.NewClass && await labels.FindUnknownAsync(request.Label ?? "", cancellationToken).ConfigureAwait(false) is { } unknown
            ? RefusalText.Refuse(unknown)
            : RefusalText.Answer(await editor.RelabelAsync(
                imageId, request.Label ?? "", actor.AuditName, CurationReason.Check(request.Reason), cancellationToken).ConfigureAwait(false));

    private static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> KeepAsync(
        long imageId, KeepRequest request, TrainingSetEditor editor, Actor actor, CancellationToken cancellationToken) =>
        RefusalText.Answer(await editor.SettleLabelAsync(
            imageId, request.Label ?? "", request.Label ?? "", actor.AuditName, cancellationToken).ConfigureAwait(false));

    private static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> WithdrawAsync(
        long imageId, WithdrawRequest request, TrainingSetEditor editor, Actor actor, CancellationToken cancellationToken) =>
        RefusalText.Answer(await editor.WithdrawAsync(imageId, CurationReason.Require(request.Reason), actor.AuditName, cancellationToken).ConfigureAwait(false));

    private static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> RestoreAsync(
        long imageId, ReasonRequest? request, TrainingSetEditor editor, Actor actor, CancellationToken cancellationToken) =>
        RefusalText.Answer(await editor.RestoreAsync(imageId, actor.AuditName, CurationReason.Check(request?.Reason), cancellationToken).ConfigureAwait(false));
}

/// <summary>Why the training set is changed.</summary>
internal static class CurationReason
{
    private const int MaxLength = 1_000;

    /// <exception cref="BadHttpRequestException">It is too long.</exception>
    public static string? Check(string? reason) => reason?.EnumerateRunes().Count() is > MaxLength and var length
        ? throw new BadHttpRequestException($"reason has {length} characters; the limit is {MaxLength}.")
        : reason;

    /// <exception cref="BadHttpRequestException">There is none, or it is too long.</exception>
    public static string Require(string? reason) =>
        Check(reason) is { } given && given.Any(character => !char.IsControl(character) && !char.IsWhiteSpace(character))
            ? given
            : throw new BadHttpRequestException($"reason must have 1 to {MaxLength} characters.");
}

/// <summary>Another label.</summary>
/// <param name="Label">The label, 1 to 50 characters.</param>
/// <param name="Reason">The reason, kept in the history.</param>
/// <param name="NewClass">Whether the label may be a class that there is not yet.</param>
internal sealed record RelabelRequest(
    string Label,
    string? Reason = null,
    [property: Description("Whether a label that no class has makes a new one; false by default, and it is refused.")] bool NewClass = false);

/// <summary>A label that is right.</summary>
/// <param name="Label">The label that was looked at: if the photo has another one by now, the request is refused.</param>
internal sealed record KeepRequest(string Label);

/// <summary>A withdrawal.</summary>
/// <param name="Reason">The reason, kept in the history.</param>
internal sealed record WithdrawRequest(string Reason);

/// <summary>Why something is done that needs no reason.</summary>
/// <param name="Reason">The reason, kept in the history.</param>
internal sealed record ReasonRequest(string? Reason = null);
