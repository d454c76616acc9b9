using System.Globalization;
using DandelionMl.Mlflow.Client;
using DandelionMl.Registry;
using DandelionMl.Tracking;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>Brings one training to the server: what is missing there, in the order in which its page shows most at each moment. Everything may
/// be asked for again, whatever was done of it before.</summary>
internal sealed class TrainingMirror(
    MlflowClient client, RunMirror runs, ModelMirror models, StateMirror states, DatabaseExperimentTracker trainings, IModelRegistry registry)
{
    /// <exception cref="NotWantedException">Somebody has removed it on the server.</exception>
    /// <exception cref="MlflowException">The server did not do it.</exception>
    public Task MirrorAsync(MirrorWork work, CancellationToken cancellationToken) => work.Item.Kind == TrackedItem.Version
        ? MirrorVersionAsync(work, checked((int)work.Item.Id), cancellationToken)
        : MirrorFailedAsync(work, cancellationToken);

    private async Task MirrorVersionAsync(MirrorWork work, int version, CancellationToken cancellationToken)
    {
        if (await trainings.FindAsync(version, cancellationToken).ConfigureAwait(false) is not { } training
            || await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return;
        }

        var run = await runs.EnsureAsync(work, training, cancellationToken).ConfigureAwait(false);
        if (!work.Ids.IsLogged)
        {
            await LogAsync(work, model, training, run, cancellationToken).ConfigureAwait(false);
            await work.KeepAsync(work.Ids with { IsLogged = true }, cancellationToken).ConfigureAwait(false);
        }

        await states.MirrorAsync(work, model, run, cancellationToken).ConfigureAwait(false);
    }

    private async Task MirrorFailedAsync(MirrorWork work, CancellationToken cancellationToken)
    {
        if (await trainings.FindFailedAsync(work.Item.Id, cancellationToken).ConfigureAwait(false) is not { } training)
        {
            return;
        }

        var run = await runs.EnsureAsync(work, training, cancellationToken).ConfigureAwait(false);
        if (training.Reason is { } reason)
        {
            await runs.TagAsync(run.RunId!, [new Tag("dandelion.reason", MlflowText.Tag(reason))], cancellationToken).ConfigureAwait(false);
        }

        await runs.EndAsync(run.RunId!, training, cancellationToken).ConfigureAwait(false);
    }

    private async Task LogAsync(
        MirrorWork work, ModelVersion model, ExperimentRun training, RunInfo run, CancellationToken cancellationToken)
    {
        var runId = run.RunId!;
        var manifest = await registry.LoadManifestAsync(model.Version, cancellationToken).ConfigureAwait(false);
        await runs.LogParametersAsync(runId, training, cancellationToken).ConfigureAwait(false);
        await runs.TagAsync(
            runId, [new Tag("dandelion.version", model.Version.ToString(CultureInfo.InvariantCulture))], cancellationToken).ConfigureAwait(false);
        await runs.LogMetricsAsync(
            runId, [.. training.Metrics.Where(metric => metric.Of == MeasuredOn.Training)], static metric => metric, cancellationToken).ConfigureAwait(false);
        await client.LogInputsAsync(new LogInputs(runId, TrainingData.Of(model, manifest)), cancellationToken).ConfigureAwait(false);
        if (MlflowClient.IsProxied(run.ArtifactUri))
        {
            foreach (var file in TrainingFiles.OfRun(model, manifest))
            {
                await client.UploadAsync(run.ArtifactUri!, file.Name, file.Bytes, file.Type, cancellationToken).ConfigureAwait(false);
            }
        }

        var logged = await models.EnsureLoggedAsync(work, model, training, cancellationToken).ConfigureAwait(false);
        var folder = logged?.ArtifactUri ?? $"{run.ArtifactUri}/model";
        var isWhole = !MlflowClient.IsProxied(folder)
            || await models.UploadAsync(model, runId, logged?.ModelId, folder, cancellationToken).ConfigureAwait(false);
        await runs.LogMetricsAsync(
            runId,
            [.. training.Metrics.Where(metric => metric.Of == MeasuredOn.TestPhotos)],
            metric => metric with
            {
                ModelId = logged?.ModelId,
                DatasetName = TrainingData.TestPhotos,
                DatasetDigest = TrainingData.Digest(model),
            },
            cancellationToken).ConfigureAwait(false);
        if (logged is { ModelId: { } modelId })
        {
            await models.FinishAsync(modelId, isWhole, cancellationToken).ConfigureAwait(false);
            var step = training.Metrics.Max(metric => metric.Step);
            await models.LogOutputAsync(runId, modelId, step, cancellationToken).ConfigureAwait(false);
        }

        var source = logged is null ? folder : $"models:/{logged.ModelId}";
        await models.EnsureVersionAsync(work, model, source, cancellationToken).ConfigureAwait(false);
        await runs.EndAsync(runId, training, cancellationToken).ConfigureAwait(false);
    }
}
