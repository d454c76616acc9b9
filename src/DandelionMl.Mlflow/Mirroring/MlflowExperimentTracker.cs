using DandelionMl.Mlflow.Client;
using DandelionMl.Tracking;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>The database's trainings, with the addresses of their copies on the server.</summary>
internal sealed class MlflowExperimentTracker(DatabaseExperimentTracker database, TrackingOutbox outbox, MlflowTransport transport)
    : IExperimentTracker
{
    public async Task<ExperimentRun?> FindAsync(int version, CancellationToken cancellationToken = default) =>
        await database.FindAsync(version, cancellationToken).ConfigureAwait(false) is { } run
            ? run with { Mirror = await FindMirrorAsync(version, cancellationToken).ConfigureAwait(false) }
            : null;

    public Task<ExperimentRun?> FindFailedAsync(long runId, CancellationToken cancellationToken = default) =>
        database.FindFailedAsync(runId, cancellationToken);

    private async Task<Uri?> FindMirrorAsync(int version, CancellationToken cancellationToken) =>
        await outbox.FindIdsAsync(version, cancellationToken).ConfigureAwait(false) is { } ids
        && MlflowIds.Parse(ids) is { Experiment: { } experiment, Run: { } run }
            ? MlflowClient.PageOfRun(transport.Server, experiment, run)
            : null;
}
