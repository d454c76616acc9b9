using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Retraining;

namespace DandelionMl.AspNetCore.Pages.Pipelines;

/// <summary><c>/pipelines</c>: what there is to run, what ran, and what it said.</summary>
internal static class PipelinePages
{
    /// <summary>What the names of fields that are parameters begin with.</summary>
    public const string ParameterPrefix = "parameters.";

    private const int NewestRuns = 12;
    private const int RunsPerPage = 50;
    private const int MaxForm = 64 * 1024;

    public static void MapPipelinePages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapAdminPages();
        pages.MapGet("/pipelines", ShowAsync);
        pages.MapGet("/pipelines/runs", ListRunsAsync);
        pages.MapGet("/pipelines/runs/{runId:long}", ShowRunAsync);
        pages.MapPost("/pipelines/{pipeline}/runs", StartAsync).LimitBody(MaxForm);
        pages.MapPost("/pipelines/runs/{runId:long}/cancel", CancelAsync).LimitBody(MaxForm);
        pages.MapPost("/pipelines/runs/{runId:long}/retry", RetryAsync).LimitBody(MaxForm);
    }

    private static async Task<IResult> ShowAsync(
        PipelineRuns runs, RetrainCheck check, PipelineSchedule schedule, IModelRegistry registry, CancellationToken cancellationToken)
    {
        var pipelines = await runs.ListPipelinesAsync(cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<PipelinesPage>(new
        {
            Pipelines = pipelines,
            (await runs.ListAsync(limit: NewestRuns, cancellationToken: cancellationToken).ConfigureAwait(false)).Runs,
            Models = await FindModelsAsync(registry, pipelines.Select(pipeline => pipeline.LastRun).OfType<PipelineRun>(), cancellationToken).ConfigureAwait(false),
            Decision = await check.DecideAsync(nextCheck: schedule.GetNextOccurrence(PipelineIds.Retrain), cancellationToken: cancellationToken).ConfigureAwait(false),
        });
    }

    private static async Task<IResult> ListRunsAsync(
        PipelineRuns runs, CancellationToken cancellationToken, string? pipeline = null, string? state = null, long? before = null)
    {
        pipeline = string.IsNullOrEmpty(pipeline) ? null : pipeline;
        var chosen = Choice<PipelineState>.TryParse(state, null, out var choice) ? choice.Value : (PipelineState?)null;
        var page = await runs.ListAsync(pipeline, chosen, before, RunsPerPage, cancellationToken).ConfigureAwait(false);
        var query = $"pipeline={Uri.EscapeDataString(pipeline ?? "")}&state={chosen}";
        return PageRoutes.Render<RunsPage>(new
        {
            Pipelines = (await runs.ListPipelinesAsync(cancellationToken).ConfigureAwait(false)).Select(item => item.Id).ToList(),
            Pipeline = pipeline,
            State = chosen,
            page.Runs,
            First = before is null ? null : $"pipelines/runs?{query}",
            Next = page.Next is { } next ? $"pipelines/runs?{query}&before={next}" : null,
        });
    }

    private static async Task<IResult> ShowRunAsync(
        long runId, PipelineRuns runs, IModelRegistry registry, CancellationToken cancellationToken, long after = 0)
    {
        // Lines first: what is written while the run is read comes with the next question, and none twice.
        var lines = await runs.ReadLogAsync(runId, Math.Max(after, 0), cancellationToken: cancellationToken).ConfigureAwait(false);
        var run = await runs.GetAsync(runId, cancellationToken).ConfigureAwait(false);
        var triggered = await runs.ListTriggeredAsync(runId, cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<RunPage>(new
        {
            Run = run,
            Pipeline = (await runs.ListPipelinesAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(item => item.Id == run.Pipeline),
            Models = await FindModelsAsync(registry, triggered.Append(run), cancellationToken).ConfigureAwait(false),
            Lines = lines,
            Triggered = triggered,
        });
    }

    /// <summary>The champion, and the versions that came of some runs: all versions with their figures are a lot.</summary>
    private static async Task<List<ModelVersion>> FindModelsAsync(
        IModelRegistry registry, IEnumerable<PipelineRun> runs, CancellationToken cancellationToken)
    {
        var models = new List<ModelVersion>();
        if (await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false) is { } champion)
        {
            models.Add(champion);
        }

        foreach (var version in runs.Select(Outcome.VersionOf).OfType<int>().Except(models.ConvertAll(model => model.Version)))
        {
            if (await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) is { } model)
            {
                models.Add(model);
            }
        }

        return models;
    }

    private static async Task<SeeOther> StartAsync(
        string pipeline, HttpRequest request, RemoteRuns runs, Actor actor, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormOfPageAsync(cancellationToken).ConfigureAwait(false);
        var parameters = form.Where(field => field.Key.StartsWith(ParameterPrefix, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(field.Value))
            .ToDictionary(field => field.Key[ParameterPrefix.Length..], field => field.Value.ToString().Trim(), StringComparer.Ordinal);
        return ToRun((await runs.StartAsync(pipeline, actor.AuditName, parameters, StartTerms.None, cancellationToken).ConfigureAwait(false)).Run);
    }

    private static async Task<SeeOther> CancelAsync(long runId, PipelineRuns runs, Actor actor, CancellationToken cancellationToken) =>
        ToRun(await runs.CancelAsync(runId, actor.AuditName, cancellationToken).ConfigureAwait(false));

    private static async Task<SeeOther> RetryAsync(long runId, RemoteRuns runs, Actor actor, CancellationToken cancellationToken) =>
        ToRun(await runs.RetryAsync(runId, actor.AuditName, lease: null, cancellationToken).ConfigureAwait(false));

    private static SeeOther ToRun(PipelineRun run) => PageRoutes.SeeOther($"pipelines/runs/{run.Id}");
}
