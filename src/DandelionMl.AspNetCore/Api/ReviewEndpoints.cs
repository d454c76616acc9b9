using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Retraining;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/review</c>: users' photos that wait for a person's word.</summary>
internal static class ReviewEndpoints
{
    private const int MaxDecisions = 500;
    private const string ReviewActions = "confirm, correct, noneOfThese, unusable and undo";

    public static void MapReview(this IEndpointRouteBuilder routes)
    {
        var review = routes.MapAdminApi().MapGroup("/review").WithTags("Review");
        review.MapGet("/", GetProgressAsync).WithName("GetReviewProgress").WithSummary("How many photos wait for review, and how many more the next retraining needs");
        review.MapGet("/holders", ListHoldersAsync).WithName("ListReviewHolders").WithSummary("Which reviewers hold photos, how many, and until when");
        review.MapPost("/take", TakeAsync)
            .WithName("TakeForReview")
            .WithSummary("Get photos to review; they are reserved for you for some minutes")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        review.MapPost("/release", ReleaseAsync).WithName("ReleaseFromReview").WithSummary("Release reserved photos without a decision");
        review.MapPost("/decisions", DecideAsync)
            .WithName("Decide")
            .WithSummary("Decide on several photos; each decision is accepted or refused on its own")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        review.MapPost("/{imageId:long}/decision", DecideOnOneAsync)
            .WithName("DecideOnOne")
            .WithSummary("Decide on a photo")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<ReviewStatus>> GetProgressAsync(
        ReviewDesk desk, RetrainCheck check, PipelineSchedule schedule, CancellationToken cancellationToken)
    {
        var progress = await desk.GetProgressAsync(cancellationToken).ConfigureAwait(false);
        var next = await check.DecideAsync(nextCheck: schedule.GetNextOccurrence(PipelineIds.Retrain), cancellationToken: cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new ReviewStatus(progress.Pending, progress.Held, progress.Validated, progress.Rejected, next));
    }

    private static async Task<Ok<IReadOnlyList<ReviewHolder>>> ListHoldersAsync(ReviewDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<ReviewHolder>>(await desk.ListHoldersAsync(cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<IReadOnlyList<PhotoResponse>>> TakeAsync(
        TakeRequest request, ReviewDesk desk, Actor actor, CancellationToken cancellationToken)
    {
        if (request.Count is < 1 or > MaxDecisions)
        {
            throw new BadHttpRequestException($"count is {request.Count}: it must be between 1 and {MaxDecisions}.");
        }

        var photos = await desk.TakeAsync(actor.AuditName, request.Count, request.Order, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok<IReadOnlyList<PhotoResponse>>([.. photos.Select(photo => PhotoResponse.Of(photo))]);
    }

    private static async Task<NoContent> ReleaseAsync(
        ReleaseRequest request, ReviewDesk desk, Actor actor, CancellationToken cancellationToken)
    {
        await desk.ReleaseAsync(actor.AuditName, request.ImageIds, cancellationToken).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<DecisionResponse>>> DecideAsync(
        IReadOnlyList<NumberedDecision?> decisions, ReviewDesk desk, KnownLabels labels, Actor actor, CancellationToken cancellationToken)
    {
        if (decisions.Count is < 1 or > MaxDecisions)
        {
            throw new BadHttpRequestException($"There are {decisions.Count} decisions; send 1 to {MaxDecisions} at a time.");
        }

        if (decisions.Contains(null))
        {
            throw new BadHttpRequestException("A decision is null.");
        }

        var unknown = await labels.FindUnknownAsync(
            [.. decisions.Select(item => item is { Action: PhotoAction.Correct, NewClass: false } ? item.Label : null)], cancellationToken).ConfigureAwait(false);
        var known = decisions.Where((_, index) => unknown[index] is null).Select(item => Check(new ReviewDecision(item!.ImageId, item.Action, item.Label))).ToList();
        var outcomes = new Queue<PhotoOutcome>(
            known.Count == 0 ? [] : await desk.DecideAsync(known, actor.AuditName, cancellationToken).ConfigureAwait(false));
        return TypedResults.Ok<IReadOnlyList<DecisionResponse>>([.. decisions.Select((item, index) => unknown[index] is { } label
            ? DecisionResponse.Of(item!.ImageId, label)
            : DecisionResponse.Of(outcomes.Dequeue()))]);
    }

    private static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> DecideOnOneAsync(
        long imageId, DecisionRequest request, ReviewDesk desk, KnownLabels labels, Actor actor, CancellationToken cancellationToken)
    {
        var decision = Check(new ReviewDecision(imageId, request.Action, request.Label));
        if (request is { Action: PhotoAction.Correct, NewClass: false }
            && await labels.FindUnknownAsync(request.Label, cancellationToken).ConfigureAwait(false) is { } unknown)
        {
            return RefusalText.Refuse(unknown);
        }

        return RefusalText.Answer(await desk.DecideAsync(decision, actor.AuditName, cancellationToken).ConfigureAwait(false));
    }

    private static ReviewDecision Check(ReviewDecision decision) => decision.Action is
        PhotoAction.Confirm or PhotoAction.Correct or PhotoAction.NoneOfThese or PhotoAction.Unusable or PhotoAction.Undo
            ? decision
            : throw new BadHttpRequestException($"'{decision.Action}' is not a reviewer's action; use {ReviewActions}.");
}

/// <summary>The progress of the review.</summary>
/// <param name="Pending">Photos that wait, those that reviewers are looking at included.</param>
/// <param name="Held">Those that reviewers are looking at.</param>
/// <param name="Validated">Photos with a person's label that wait for the next retraining.</param>
/// <param name="Rejected">Photos refused.</param>
/// <param name="Retraining">What the retrain policy says now: how many new photos there are, how many it takes, and why.</param>
internal sealed record ReviewStatus(long Pending, long Held, long Validated, long Rejected, RetrainDecision Retraining);

/// <summary>What a reviewer wants to see.</summary>
/// <param name="Count">How many photos the reviewer is to have in all, 1 to 500; 1 by default.</param>
/// <param name="Order">Which come first; those that a decision is worth most on by default.</param>
internal sealed record TakeRequest(
    [property: Description("How many photos to reserve in all, 1 to 500; 1 by default.")] int Count = 1,
    [property: Description("Which come first.")] ReviewOrder Order = ReviewOrder.MostInformative);

/// <summary>What a reviewer gives back.</summary>
/// <param name="ImageIds">The photos; null for all.</param>
internal sealed record ReleaseRequest(IReadOnlyList<long>? ImageIds = null);

/// <summary>A decision on one photo.</summary>
/// <param name="Action">What is decided.</param>
/// <param name="Label">The right label, for a correction.</param>
/// <param name="NewClass">Whether the label may be a class that there is not yet.</param>
internal sealed record DecisionRequest(
    [property: Description("The decision: confirm, correct, noneOfThese, unusable or undo.")] PhotoAction Action,
    [property: Description("The right label, for a correction.")] string? Label = null,
    [property: Description("Whether a label that no class has makes a new one; false by default, and it is refused.")] bool NewClass = false);

/// <summary>A decision on one of several photos.</summary>
/// <param name="ImageId">The photo.</param>
/// <param name="Action">What is decided.</param>
/// <param name="Label">The right label, for a correction.</param>
/// <param name="NewClass">Whether the label may be a class that there is not yet.</param>
internal sealed record NumberedDecision(
    long ImageId,
    [property: Description("The decision: confirm, correct, noneOfThese, unusable or undo.")] PhotoAction Action,
    [property: Description("The right label, for a correction.")] string? Label = null,
    [property: Description("Whether a label that no class has makes a new one; false by default, and it is refused.")] bool NewClass = false);

/// <summary>What became of a decision.</summary>
/// <param name="ImageId">The photo.</param>
/// <param name="Accepted">Whether it was accepted.</param>
/// <param name="Refusal">Why not; null if it stands.</param>
/// <param name="Message">The same in words; null if it stands.</param>
/// <param name="Photo">The photo as it is now; null if there is none.</param>
/// <param name="SimilarClass">Of an unknown class: the one that is written almost so; null if there is none.</param>
internal sealed record DecisionResponse(
    long ImageId, bool Accepted, PhotoRefusal? Refusal, string? Message, PhotoResponse? Photo, string? SimilarClass = null)
{
    public static DecisionResponse Of(long imageId, UnknownLabel unknown) =>
        new(imageId, Accepted: false, PhotoRefusal.UnknownClass, unknown.Message, Photo: null, unknown.Similar);

    public static DecisionResponse Of(PhotoOutcome outcome) => new(
        outcome.ImageId,
        outcome.IsAccepted,
        outcome.Refusal,
        outcome.IsAccepted ? null : RefusalText.Of(outcome),
        outcome.Photo is null ? null : PhotoResponse.Of(outcome.Photo));
}
