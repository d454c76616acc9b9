using DandelionMl.Mlflow.Client;
using DandelionMl.Tracking;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>A training as a run of the experiment.</summary>
internal sealed class RunMirror(MlflowClient client, MlflowOptions options, OwnIds own)
{
    private const int MostMetrics = 1_000;
    private const int MostParams = 100;

    private const string Active = "active";

    /// <summary>Finds the run, or makes it.</summary>
    /// <exception cref="NotWantedException">Somebody has deleted it.</exception>
    /// <exception cref="MlflowException">The server did not do it.</exception>
    public async Task<RunInfo> EnsureAsync(MirrorWork work, ExperimentRun run, CancellationToken cancellationToken)
    {
        var info = work.Ids.Run is { } known ? await FindKnownAsync(known, cancellationToken).ConfigureAwait(false) : null;
        if (info is null)
        {
            // Also of a server whose database was lost: what was kept of it holds no more.
            info = await FindOrCreateAsync(run, cancellationToken).ConfigureAwait(false);
            await work.KeepAsync(new MlflowIds { Experiment = info.ExperimentId, Run = info.RunId }, cancellationToken).ConfigureAwait(false);
        }

        return info.LifecycleStage == Active
            ? info
            : throw new NotWantedException($"Run {info.RunId} was deleted on MLflow: it is not made again.");
    }

    public async Task LogParametersAsync(string runId, ExperimentRun run, CancellationToken cancellationToken)
    {
        var keys = MlflowText.Keys(run.Parameters.Select(parameter => parameter.Key));
        var parameters = run.Parameters.Select(parameter => new Param(keys[parameter.Key], MlflowText.Param(parameter.Value)));
        foreach (var batch in parameters.Chunk(MostParams))
        {
            try
            {
                await client.LogBatchAsync(new LogBatch(runId) { Params = batch }, cancellationToken).ConfigureAwait(false);
            }
            catch (MlflowException exception) when (exception.Failure == MlflowFailure.Refused
                && exception.Message.Contains("Changing param values", StringComparison.Ordinal))
            {
                // Logged by an earlier release, which told of some otherwise: that stands.
            }
        }
    }

    /// <param name="runId">The run.</param>
    /// <param name="metrics">The numbers; the same as the first time, if this is not the first.</param>
    /// <param name="of">Says what each was measured on.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task LogMetricsAsync(
        string runId, IReadOnlyList<ExperimentMetric> metrics, Func<Metric, Metric> of, CancellationToken cancellationToken)
    {
        var keys = MlflowText.Keys(metrics.Select(metric => metric.Key));
        foreach (var batch in metrics.Chunk(MostMetrics))
        {
            var numbers = batch.Select(metric => of(
                new Metric(keys[metric.Key], metric.Value, metric.At.ToUnixTimeMilliseconds(), metric.Step)));
            await client.LogBatchAsync(new LogBatch(runId) { Metrics = [.. numbers] }, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task TagAsync(string runId, IReadOnlyList<Tag> tags, CancellationToken cancellationToken) =>
        client.LogBatchAsync(new LogBatch(runId) { Tags = tags }, cancellationToken);

    public Task EndAsync(string runId, ExperimentRun run, CancellationToken cancellationToken) => client.UpdateRunAsync(
        new UpdateRun(
            runId,
            run.Status switch
            {
                ExperimentStatus.Finished => "FINISHED",
                ExperimentStatus.Cancelled => "KILLED",
                _ => "FAILED",
            },
            run.EndedAt.ToUnixTimeMilliseconds()),
        cancellationToken);

    private async Task<RunInfo?> FindKnownAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetRunAsync(runId, cancellationToken).ConfigureAwait(false))?.Info;
        }
        catch (MlflowException exception) when (exception.Failure == MlflowFailure.Forbidden)
        {
            // So a server with users says that there is none, too. If it is there all the same, what follows is forbidden as well.
            return null;
        }
    }

    private async Task<RunInfo> FindOrCreateAsync(ExperimentRun run, CancellationToken cancellationToken)
    {
        var experiment = await EnsureExperimentAsync(cancellationToken).ConfigureAwait(false);
        var id = await own.OfAsync(run.Id, cancellationToken).ConfigureAwait(false);
        return await client.FindRunAsync(experiment, OwnIds.Tag, id, cancellationToken).ConfigureAwait(false)
            ?? await client.CreateRunAsync(
                new CreateRun(experiment, run.Source, run.StartedAt.ToUnixTimeMilliseconds(), Tags(run, id)), cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> EnsureExperimentAsync(CancellationToken cancellationToken)
    {
        var found = await client.FindExperimentAsync(options.Experiment, cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            try
            {
                return await client.CreateExperimentAsync(options.Experiment, cancellationToken).ConfigureAwait(false);
            }
            catch (MlflowException exception) when (exception.Failure == MlflowFailure.AlreadyExists)
            {
                found = await client.FindExperimentAsync(options.Experiment, cancellationToken).ConfigureAwait(false);
            }
        }

        return found is { LifecycleStage: Active, ExperimentId: { } id } ? id : throw new MlflowException(
            MlflowFailure.Misconfigured,
            $"The experiment '{options.Experiment}' was deleted on MLflow at {client.Server}: restore it, or set another {nameof(options.Experiment)}.");
    }

    private static List<Tag> Tags(ExperimentRun run, string id)
    {
        List<Tag> tags =
        [
            new(OwnIds.Tag, id),
            new("dandelion.request", MlflowText.Tag(run.Id)),
            new("source", run.Source),
            new("mlflow.source.name", "DandelionMl"),
            new("mlflow.source.type", "JOB"),
        ];
        if (run.Host is { } host)
        {
            tags.Add(new("host", host));
        }

        return tags;
    }
}
