using DandelionMl.AspNetCore.Security;
using DandelionMl.Classification;
using DandelionMl.Drift.Detection;
using DandelionMl.Drift.Explanation;
using DandelionMl.Drift.Watching;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/drift</c>: whether the photos that are served are still what they were.</summary>
internal static class DriftEndpoints
{
    public static void MapDrift(this IEndpointRouteBuilder routes)
    {
        var drift = routes.MapAdminApi().MapGroup("/drift").WithTags("Monitoring");
        drift.MapGet("/", FindAsync)
            .WithName("GetDrift")
            .WithSummary("Whether the photos that the champion serves are still what they were, and how they differ from those that it was tested on")
            .ProducesProblem(StatusCodes.Status404NotFound);
        drift.MapPost("/acknowledgement", AcknowledgeAsync)
            .WithName("AcknowledgeDrift")
            .WithSummary("Acknowledge the alarm that stands, and watch anew")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<DriftResponse>, ProblemHttpResult>> FindAsync(
        DriftMonitor monitor, DriftExplainer explainer, ClassifierOptions options, CancellationToken cancellationToken) =>
        await monitor.FindAsync(cancellationToken).ConfigureAwait(false) is var (version, state)
            ? TypedResults.Ok(DriftResponse.Of(
                version, state, options.DriftPhotosPerFalseAlarm, await explainer.ExplainAsync(version, state, cancellationToken).ConfigureAwait(false)))
            : TypedResults.Problem("The champion has not served any photos yet.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<NoContent, ProblemHttpResult>> AcknowledgeAsync(
        DriftMonitor monitor, Actor actor, CancellationToken cancellationToken) =>
        await monitor.AcknowledgeAsync(actor.AuditName, cancellationToken).ConfigureAwait(false)
            ? TypedResults.NoContent()
            : TypedResults.Problem("There is no alarm.", statusCode: StatusCodes.Status409Conflict);
}

/// <summary>What is known of the photos that the champion serves.</summary>
/// <param name="ModelVersion">The champion.</param>
/// <param name="Since">Since when its photos are watched, UTC.</param>
/// <param name="Photos">Distinct photos since then.</param>
/// <param name="Evidence">The evidence for drift, 0 to 1: its logarithm as a share of that of an alarm.</param>
/// <param name="MeanRank">Mean rank of the last photos by strangeness among held-out ones, 0 to 1, a half without drift; null if it can't be
/// told.</param>
/// <param name="Alarm">The alarm that stands; null if there is none.</param>
/// <param name="LastAlarm">The alarm before, which was acknowledged; null if there was none.</param>
/// <param name="AcknowledgedBy">Who acknowledged it.</param>
/// <param name="Explanation">How the photos differ from those held out; null with fewer than 20 on either side.</param>
internal sealed record DriftResponse(
    int ModelVersion,
    DateTimeOffset Since,
    long Photos,
    double Evidence,
    double? MeanRank,
    DriftAlarm? Alarm,
    DriftAlarm? LastAlarm,
    string? AcknowledgedBy,
    DriftExplanation? Explanation)
{
    public static DriftResponse Of(int version, DriftState state, double threshold, DriftExplanation? explanation) => new(
        version, state.Since, state.Photos, DriftDetector.EvidenceShare(state, threshold), state.RecentRank, state.Alarm, state.LastAlarm,
        state.AcknowledgedBy, explanation);
}
