using System.Globalization;
using DandelionMl.Mlflow.Client;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tracking;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>A version as a logged model, where the server has them (MLflow 3), and as a version of the registered model.</summary>
internal sealed class ModelMirror(MlflowClient client, MlflowOptions options, OwnIds own, IModelRegistry registry)
{
    private const string Ready = "LOGGED_MODEL_READY";
    private const string UploadFailed = "LOGGED_MODEL_UPLOAD_FAILED";

    /// <summary>Finds the logged model, or makes it.</summary>
    /// <returns>The model; null of a server that has none.</returns>
    public async Task<LoggedModelInfo?> EnsureLoggedAsync(
        MirrorWork work, ModelVersion model, ExperimentRun run, CancellationToken cancellationToken)
    {
        if (work.Ids.LoggedModel is { } known && await client.GetLoggedModelAsync(known, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return kept;
        }

        var id = await OwnIdAsync(model, cancellationToken).ConfigureAwait(false);
        LoggedModelInfo? info;
        try
        {
            info = await client.FindLoggedModelAsync(work.Ids.Experiment!, OwnIds.Tag, id, cancellationToken).ConfigureAwait(false);
        }
        catch (MlflowException exception) when (exception.Failure == MlflowFailure.NotSupported)
        {
            return null;
        }

        var keys = MlflowText.Keys(run.Parameters.Select(parameter => parameter.Key));
        info ??= await client.CreateLoggedModelAsync(
            new CreateLoggedModel(
                work.Ids.Experiment!,
                MlflowText.ModelName(options.RegisteredModel),
                "image-classifier",
                work.Ids.Run!,
                [.. run.Parameters.Select(parameter => new Param(keys[parameter.Key], MlflowText.Param(parameter.Value)))],
                Tags(model, id)),
            cancellationToken).ConfigureAwait(false);
        await work.KeepAsync(work.Ids with { LoggedModel = info.ModelId }, cancellationToken).ConfigureAwait(false);
        return info;
    }

    /// <summary>Uploads the head and what describes it.</summary>
    /// <param name="model">The version.</param>
    /// <param name="runId">Its run.</param>
    /// <param name="modelId">The logged model; null of a server that has none.</param>
    /// <param name="artifactUri">The folder that they go to.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the head is there to be uploaded.</returns>
    public async Task<bool> UploadAsync(
        ModelVersion model, string runId, string? modelId, string artifactUri, CancellationToken cancellationToken)
    {
        byte[] head;
        try
        {
            using var bytes = new MemoryStream();
            (await registry.LoadArtifactAsync(model.Version, cancellationToken).ConfigureAwait(false)).WriteTo(bytes);
            head = bytes.ToArray();
        }
        catch (Exception exception) when (exception is ObjectNotFoundException or ObjectCorruptedException or InvalidModelArtifactException)
        {
            return false;
        }

        foreach (var file in new[] { TrainingFiles.Head(head), TrainingFiles.Description(model, runId, modelId) })
        {
            await client.UploadAsync(artifactUri, file.Name, file.Bytes, file.Type, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    public Task FinishAsync(string modelId, bool isWhole, CancellationToken cancellationToken) =>
        client.FinalizeLoggedModelAsync(new FinalizeLoggedModel(modelId, isWhole ? Ready : UploadFailed), cancellationToken);

    /// <summary>Says of the run that it made the model; the server refuses to be told so twice.</summary>
    public async Task LogOutputAsync(string runId, string modelId, long step, CancellationToken cancellationToken)
    {
        var run = await client.GetRunAsync(runId, cancellationToken).ConfigureAwait(false);
        if (run?.Outputs?.ModelOutputs?.Any(output => output.ModelId == modelId) != true)
        {
            await client.LogOutputsAsync(new LogOutputs(runId, [new ModelOutput(modelId, step)]), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Finds the version of the registered model, or makes both.</summary>
    /// <param name="work">What is being mirrored.</param>
    /// <param name="model">The version.</param>
    /// <param name="source">Where its files are.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task EnsureVersionAsync(MirrorWork work, ModelVersion model, string source, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateRegisteredModelAsync(options.RegisteredModel, cancellationToken).ConfigureAwait(false);
        }
        catch (MlflowException exception) when (exception.Failure == MlflowFailure.AlreadyExists)
        {
        }

        var id = await OwnIdAsync(model, cancellationToken).ConfigureAwait(false);
        var version = await client.FindModelVersionAsync(options.RegisteredModel, OwnIds.Tag, id, cancellationToken).ConfigureAwait(false)
            ?? await client.CreateModelVersionAsync(
                new CreateModelVersion(options.RegisteredModel, source, work.Ids.Run!, Tags(model, id)) { ModelId = work.Ids.LoggedModel },
                cancellationToken).ConfigureAwait(false);
        await work.KeepAsync(work.Ids with { Version = version }, cancellationToken).ConfigureAwait(false);
    }

    private Task<string> OwnIdAsync(ModelVersion model, CancellationToken cancellationToken) =>
        own.OfAsync(string.Create(CultureInfo.InvariantCulture, $"version {model.Version}"), cancellationToken);

    private static IReadOnlyList<Tag> Tags(ModelVersion model, string id) =>
    [
        new(OwnIds.Tag, id),
        new("dandelion.version", model.Version.ToString(CultureInfo.InvariantCulture)),
        new("dandelion.sha256", model.ArtifactSha256),
    ];
}
