using DandelionMl.AspNetCore.Security;
using DandelionMl.Pipelines;
using DandelionMl.Retraining;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>GET /api/v1/retraining</c>: whether a retraining is worth it now, and why.</summary>
internal static class RetrainingEndpoint
{
    public static void MapRetraining(this IEndpointRouteBuilder routes) => routes.MapAdminApi()
        .MapGet("/retraining", DecideAsync)
        .WithName("GetRetrainDecision")
        .WithTags("Pipelines")
        .WithSummary("What the retrain policy would decide now, with its reason");

    private static async Task<Ok<RetrainDecision>> DecideAsync(
        RetrainCheck check, PipelineSchedule schedule, CancellationToken cancellationToken) => TypedResults.Ok(
        await check.DecideAsync(nextCheck: schedule.GetNextOccurrence(PipelineIds.Retrain), cancellationToken: cancellationToken).ConfigureAwait(false));
}
