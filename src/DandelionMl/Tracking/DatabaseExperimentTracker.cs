using System.Globalization;
using DandelionMl.Pipelines;
using DandelionMl.Registry;

namespace DandelionMl.Tracking;

/// <summary>The trainings as the database's own rows tell of them.</summary>
internal sealed class DatabaseExperimentTracker(IModelRegistry registry, PipelineRuns pipelines) : IExperimentTracker
{
    private const string Pipeline = "dag_run";
    private const string Program = "local_run";

    public async Task<ExperimentRun?> FindAsync(int version, CancellationToken cancellationToken = default)
    {
        if (await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return null;
        }

        var epochs = await registry.LoadEpochsAsync(version, cancellationToken).ConfigureAwait(false);
        return new ExperimentRun
        {
            Id = model.RequestId ?? string.Create(CultureInfo.InvariantCulture, $"version {version}"),
            Source = TrainingRequest.FindRun(model.RequestId) is null ? Program : Pipeline,
            Host = model.TrainedOn,
            Status = ExperimentStatus.Finished,
            StartedAt = model.CreatedAt - (model.TrainingTime ?? TimeSpan.Zero),
            EndedAt = model.CreatedAt,
            Version = version,
            Parameters = ExperimentParameters.Of(model),
            Metrics = [.. ExperimentMetrics.OfEpochs(model, epochs), .. ExperimentMetrics.Of(model, epochs.Count)],
        };
    }

    public async Task<ExperimentRun?> FindFailedAsync(long runId, CancellationToken cancellationToken = default)
    {
        if (await pipelines.FindAsync(runId, cancellationToken).ConfigureAwait(false) is not
            { State: PipelineState.Failed or PipelineState.Cancelled } run)
        {
            return null;
        }

        return new ExperimentRun
        {
            Id = TrainingRequest.Of(run.Pipeline, run.Id),
            Source = Pipeline,
            Host = MachineOf(run.Owner),
            Status = run.State == PipelineState.Failed ? ExperimentStatus.Failed : ExperimentStatus.Cancelled,
            StartedAt = run.StartedAt ?? run.CreatedAt,
            EndedAt = run.FinishedAt ?? run.CreatedAt,
            Reason = run.Reason,
        };
    }

    // As PipelineClaims.Owner names it.
    private static string? MachineOf(string? owner) =>
        owner?.LastIndexOf(" (process ", StringComparison.Ordinal) is { } end and > 0 ? owner[..end] : owner;
}
