using DandelionMl.AspNetCore.Security;
using DandelionMl.Shadowing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/models/shadow</c>: the version that is asked beside the champion.</summary>
internal static class ShadowEndpoints
{
    public static void MapShadow(this IEndpointRouteBuilder routes)
    {
        var shadow = routes.MapAdminApi().MapGroup("/models/shadow").WithTags("Models");
        shadow.MapGet("/", FindAsync)
            .WithName("GetShadow")
            .WithSummary("How the shadow compares with the champion so far")
            .ProducesProblem(StatusCodes.Status404NotFound);
        shadow.MapPut("/", StartAsync)
            .WithName("StartShadow")
            .WithSummary("Run a version as the champion's shadow: it is asked about each photo, and answers nobody")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        shadow.MapDelete("/", StopAsync)
            .WithName("StopShadow")
            .WithSummary("End the shadow; what was counted is kept")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<ShadowReport>, ProblemHttpResult>> FindAsync(ShadowReader reader, CancellationToken cancellationToken) =>
        await reader.FindAsync(cancellationToken).ConfigureAwait(false) is { } report ? TypedResults.Ok(report) : None();

    private static async Task<Results<Ok<ShadowReport>, ProblemHttpResult>> StartAsync(
        ShadowRequest request, ShadowSwitch shadows, ShadowReader reader, Actor actor, CancellationToken cancellationToken)
    {
        await shadows.StartAsync(request.Version, actor.AuditName, cancellationToken).ConfigureAwait(false);
        return await FindAsync(reader, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> StopAsync(ShadowSwitch shadows, CancellationToken cancellationToken) =>
        await shadows.StopAsync(cancellationToken).ConfigureAwait(false) is null ? None() : TypedResults.NoContent();

    private static ProblemHttpResult None() => TypedResults.Problem("No shadow runs.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>Which version is to be the shadow.</summary>
/// <param name="Version">The version's number.</param>
internal sealed record ShadowRequest(int Version);
