using System.ComponentModel;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/pipelines</c>: the pipelines and their runs.</summary>
internal static class PipelineEndpoints
{
    public static void MapPipelines(this IEndpointRouteBuilder routes)
    {
        var pipelines = routes.MapAdminApi().MapGroup("/pipelines").WithTags("Pipelines");
        pipelines.MapGet("/", ListAsync).WithName("ListPipelines").WithSummary("The pipelines, with their schedules and newest runs");
        pipelines.MapPost("/{pipeline}/runs", StartAsync)
            .WithName("StartRun")
            .WithSummary("Start a run: it is queued for a worker; 200 and the run, as it is, where the same key started it before")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        var runs = pipelines.MapGroup("/runs");
        runs.MapGet("/", ListRunsAsync)
            .WithName("ListRuns")
            .WithSummary("Runs, the newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        var run = runs.MapGroup("/{runId:long}").ProducesProblem(StatusCodes.Status404NotFound);
        run.MapGet("/", FindRunAsync).WithName("GetRun").WithSummary("A run with its steps");
        run.MapGet("/triggered", ListTriggeredAsync)
            .WithName("ListTriggeredRuns")
            .WithSummary("The runs that a run's steps started, the oldest first");
        run.MapGet("/log", LogAsync)
            .WithName("GetRunLog")
            .WithSummary("Lines of a run's log, the oldest first; to follow it, ask for the lines after the last number")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        run.MapPost("/renew", RenewAsync)
            .WithName("RenewRun")
            .WithSummary("Renew the lease of a run that was started with one, and read the run");
        run.MapPost("/cancel", CancelAsync)
            .WithName("CancelRun")
            .WithSummary("Cancel a run")
            .ProducesProblem(StatusCodes.Status409Conflict);
        run.MapPost("/retry", RetryAsync)
            .WithName("RetryRun")
            .WithSummary("Resume a run from the step that was not completed")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<IReadOnlyList<PipelineInfo>>> ListAsync(PipelineRuns pipelines, CancellationToken cancellationToken) =>
        TypedResults.Ok(await pipelines.ListPipelinesAsync(cancellationToken).ConfigureAwait(false));

    private static async Task<Results<Accepted<PipelineRun>, Ok<PipelineRun>>> StartAsync(
        string pipeline, StartRequest? request, RemoteRuns pipelines, Actor actor, HttpContext context, CancellationToken cancellationToken)
    {
        var terms = new StartTerms
        {
            Key = request?.Key,
            Group = request?.Group,
            Lease = LeaseOf(request?.Lease),
            Steps = request?.Steps,
        };
        var (run, isNew) = await pipelines.StartAsync(
            pipeline, actor.AuditName, request?.Parameters, terms, cancellationToken).ConfigureAwait(false);
        return isNew ? Accepted(context, run) : TypedResults.Ok(run);
    }

    private static async Task<Ok<PipelineRunPage>> ListRunsAsync(
        PipelineRuns pipelines,
        CancellationToken cancellationToken,
        [Description("Only runs of this pipeline.")] string? pipeline = null,
        [Description("Only runs in this state, such as failed.")] Choice<PipelineState>? state = null,
        [Description("Only runs with a lower number; from `next` of the previous page.")] long? before = null,
        [Description("The most to return, 1 to 200; 50 by default.")] int limit = 50)
    {
        var (_, count) = new PageRequest(null, limit).Check();
        return TypedResults.Ok(await pipelines.ListAsync(pipeline, state?.Value, before, count, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Results<Ok<PipelineRun>, ProblemHttpResult>> FindRunAsync(
        long runId, PipelineRuns pipelines, CancellationToken cancellationToken) =>
        await pipelines.FindAsync(runId, cancellationToken).ConfigureAwait(false) is { } run
            ? TypedResults.Ok(run)
            : TypedResults.Problem($"There is no pipeline run {runId}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Ok<IReadOnlyList<PipelineRun>>> ListTriggeredAsync(
        long runId, PipelineRuns pipelines, CancellationToken cancellationToken)
    {
        await pipelines.GetAsync(runId, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(await pipelines.ListTriggeredAsync(runId, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Ok<IReadOnlyList<PipelineLogLine>>> LogAsync(
        long runId,
        PipelineRuns pipelines,
        CancellationToken cancellationToken,
        [Description("Only lines with a higher number.")] long after = 0,
        [Description("The most to return, 1 to 1,000; 1,000 by default.")] int limit = PipelineRuns.MaxLimit)
    {
        if (limit is < 1 or > PipelineRuns.MaxLimit)
        {
            throw new BadHttpRequestException($"limit is {limit}: it must be between 1 and {PipelineRuns.MaxLimit}.");
        }

        return TypedResults.Ok(await pipelines.ReadLogAsync(runId, after, limit, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Ok<PipelineRun>> CancelAsync(
        long runId, PipelineRuns pipelines, Actor actor, CancellationToken cancellationToken) =>
        TypedResults.Ok(await pipelines.CancelAsync(runId, actor.AuditName, cancellationToken).ConfigureAwait(false));

    private static async Task<Accepted<PipelineRun>> RetryAsync(
        long runId, RetryRequest? request, RemoteRuns runs, Actor actor, HttpContext context, CancellationToken cancellationToken) =>
        Accepted(context, await runs.RetryAsync(runId, actor.AuditName, LeaseOf(request?.Lease), cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<PipelineRun>> RenewAsync(long runId, PipelineRuns runs, CancellationToken cancellationToken) =>
        TypedResults.Ok(await runs.RenewAsync(runId, cancellationToken).ConfigureAwait(false));

    private static TimeSpan? LeaseOf(int? seconds) => seconds is { } lease ? TimeSpan.FromSeconds(lease) : null;

    private static Accepted<PipelineRun> Accepted(HttpContext context, PipelineRun run) =>
        TypedResults.Accepted($"{Mount.RootOf(context)}{RouteGroups.Prefix}/pipelines/runs/{run.Id}", run);
}

/// <summary>What a run is started with.</summary>
/// <param name="Parameters">By name; see the pipeline's parameters.</param>
/// <param name="Key">An idempotency key, at most 500 characters: of starts of a pipeline with the same key, the first starts a run, and the
/// others find it, in whatever state it is. Kept as long as the run.</param>
/// <param name="Group">At most 500 characters: the run cancels the earlier runs of the pipeline that are in the same group.</param>
/// <param name="Lease">In seconds, 30 to 3,600: the run is cancelled when it was not renewed for so long.</param>
/// <param name="Steps">The steps to do, of the pipeline's; all if left out.</param>
internal sealed record StartRequest(
    IReadOnlyDictionary<string, string>? Parameters = null,
    string? Key = null,
    string? Group = null,
    int? Lease = null,
    IReadOnlyList<string>? Steps = null);

/// <summary>What a run is resumed with.</summary>
/// <param name="Lease">In seconds, 30 to 3,600: the run is cancelled when it was not renewed for so long. Without it, the run has no lease any
/// more.</param>
internal sealed record RetryRequest(int? Lease = null);
