using System.Globalization;
using System.Text.Json.Serialization.Metadata;

namespace DandelionMl.Mlflow.Client;

/// <summary>The calls of MLflow's REST API that mirroring needs, from version 2.9 on. Each is one request; what fails raises
/// <see cref="MlflowException"/>. Thread-safe.</summary>
internal sealed class MlflowClient(MlflowTransport transport)
{
    private const string Api = "api/2.0/mlflow/";
    private const string ArtifactApi = "api/2.0/mlflow-artifacts/artifacts/";
    private const string ProxiedScheme = "mlflow-artifacts:";

    private static readonly MlflowJson Json = MlflowJson.Default;

    public Uri Server => transport.Server;

    /// <returns>The experiment; null if there is none.</returns>
    public Task<ExperimentInfo?> FindExperimentAsync(string name, CancellationToken cancellationToken) => OrNullAsync(async () =>
        (await transport.GetAsync($"{Api}experiments/get-by-name?experiment_name={Escape(name)}", Json.ExperimentAnswer, cancellationToken)
            .ConfigureAwait(false)).Experiment);

    /// <returns>Its id.</returns>
    public async Task<string> CreateExperimentAsync(string name, CancellationToken cancellationToken) => Given(
        (await PostAsync("experiments/create", new CreateExperiment(name), Json.CreateExperiment, Json.ExperimentInfo, cancellationToken)
            .ConfigureAwait(false)).ExperimentId);

    /// <returns>The run with the tag; null if there is none.</returns>
    public async Task<RunInfo?> FindRunAsync(string experiment, string tag, string value, CancellationToken cancellationToken) =>
        (await PostAsync("runs/search", new Search([experiment], Filter(tag, value), 1), Json.Search, Json.RunsAnswer, cancellationToken)
            .ConfigureAwait(false)).Runs is [var run, ..] ? run.Info : null;

    /// <returns>The run; null if there is none.</returns>
    public Task<Run?> GetRunAsync(string runId, CancellationToken cancellationToken) => OrNullAsync(async () =>
        (await transport.GetAsync($"{Api}runs/get?run_id={Escape(runId)}", Json.RunAnswer, cancellationToken).ConfigureAwait(false)).Run);

    public async Task<RunInfo> CreateRunAsync(CreateRun run, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("runs/create", run, Json.CreateRun, Json.RunAnswer, cancellationToken).ConfigureAwait(false);
        return Given(answer.Run?.Info is { RunId: not null } info ? info : null);
    }

    public Task UpdateRunAsync(UpdateRun run, CancellationToken cancellationToken) =>
        PostAsync("runs/update", run, Json.UpdateRun, Json.Nothing, cancellationToken);

    /// <summary>Logs at most 1,000 metrics, 100 params and 100 tags, all together at most 1,000.</summary>
    public Task LogBatchAsync(LogBatch batch, CancellationToken cancellationToken) =>
        PostAsync("runs/log-batch", batch, Json.LogBatch, Json.Nothing, cancellationToken);

    public Task LogInputsAsync(LogInputs inputs, CancellationToken cancellationToken) =>
        PostAsync("runs/log-inputs", inputs, Json.LogInputs, Json.Nothing, cancellationToken);

    public Task LogOutputsAsync(LogOutputs outputs, CancellationToken cancellationToken) =>
        PostAsync("runs/outputs", outputs, Json.LogOutputs, Json.Nothing, cancellationToken);

    /// <summary>Whether files at a run's or model's <c>artifact_uri</c> go through the server, rather than straight to a store.</summary>
    public static bool IsProxied(string? artifactUri) => artifactUri?.StartsWith(ProxiedScheme, StringComparison.Ordinal) == true;

    /// <summary>Writes a file below an <c>artifact_uri</c> that is proxied, in the place of the one before.</summary>
    public Task UploadAsync(string artifactUri, string name, ReadOnlyMemory<byte> file, string type, CancellationToken cancellationToken)
    {
        // mlflow-artifacts:/1/…, or with a host of its own, mlflow-artifacts://host/1/…
        var path = new Uri($"{artifactUri.TrimEnd('/')}/{name}").AbsolutePath.TrimStart('/');
        return transport.UploadAsync(ArtifactApi + path, file, type, cancellationToken);
    }

    /// <returns>The logged model with the tag; null if there is none.</returns>
    /// <exception cref="MlflowException">The server is older than logged models: <see cref="MlflowFailure.NotSupported"/>.</exception>
    public async Task<LoggedModelInfo?> FindLoggedModelAsync(string experiment, string tag, string value, CancellationToken cancellationToken) =>
        (await PostAsync("logged-models/search", new Search([experiment], Filter(tag, value), 1), Json.Search, Json.LoggedModelsAnswer, cancellationToken)
            .ConfigureAwait(false)).Models is [var model, ..] ? model.Info : null;

    public async Task<LoggedModelInfo> CreateLoggedModelAsync(CreateLoggedModel model, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("logged-models", model, Json.CreateLoggedModel, Json.LoggedModelAnswer, cancellationToken).ConfigureAwait(false);
        return Given(answer.Model?.Info is { ModelId: not null } info ? info : null);
    }

    /// <returns>The model; null if there is none.</returns>
    public Task<LoggedModelInfo?> GetLoggedModelAsync(string modelId, CancellationToken cancellationToken) => OrNullAsync(async () =>
        (await transport.GetAsync($"{Api}logged-models/{Escape(modelId)}", Json.LoggedModelAnswer, cancellationToken).ConfigureAwait(false)).Model?.Info);

    public Task FinalizeLoggedModelAsync(FinalizeLoggedModel model, CancellationToken cancellationToken) => transport.SendAsync(
        HttpMethod.Patch, $"{Api}logged-models/{Escape(model.ModelId)}", model, Json.FinalizeLoggedModel, Json.Nothing, cancellationToken);

    public Task TagLoggedModelAsync(string modelId, IReadOnlyList<Tag> tags, CancellationToken cancellationToken) => transport.SendAsync(
        HttpMethod.Patch, $"{Api}logged-models/{Escape(modelId)}/tags", new LoggedModelTags(tags), Json.LoggedModelTags, Json.Nothing, cancellationToken);

    public Task CreateRegisteredModelAsync(string name, CancellationToken cancellationToken) =>
        PostAsync("registered-models/create", new CreateRegisteredModel(name), Json.CreateRegisteredModel, Json.Nothing, cancellationToken);

    /// <returns>The registered model with its aliases; null if there is none.</returns>
    public Task<RegisteredModel?> FindRegisteredModelAsync(string name, CancellationToken cancellationToken) => OrNullAsync(async () =>
        (await transport.GetAsync($"{Api}registered-models/get?name={Escape(name)}", Json.RegisteredModelAnswer, cancellationToken)
            .ConfigureAwait(false)).RegisteredModel);

    /// <returns>The number of the version with the tag; null if there is none.</returns>
    public async Task<string?> FindModelVersionAsync(string model, string tag, string value, CancellationToken cancellationToken)
    {
        var filter = Escape($"name='{model}' and {Filter(tag, value)}");
        return (await transport.GetAsync($"{Api}model-versions/search?filter={filter}&max_results=1", Json.ModelVersionsAnswer, cancellationToken)
            .ConfigureAwait(false)).ModelVersions is [var version, ..] ? version.Version : null;
    }

    /// <returns>Its number.</returns>
    public async Task<string> CreateModelVersionAsync(CreateModelVersion version, CancellationToken cancellationToken) => Given(
        (await PostAsync("model-versions/create", version, Json.CreateModelVersion, Json.ModelVersionAnswer, cancellationToken)
            .ConfigureAwait(false)).ModelVersion?.Version);

    public Task DescribeModelVersionAsync(UpdateModelVersion version, CancellationToken cancellationToken) => transport.SendAsync(
        HttpMethod.Patch, $"{Api}model-versions/update", version, Json.UpdateModelVersion, Json.Nothing, cancellationToken);

    public Task TagModelVersionAsync(VersionTag tag, CancellationToken cancellationToken) =>
        PostAsync("model-versions/set-tag", tag, Json.VersionTag, Json.Nothing, cancellationToken);

    public Task SetAliasAsync(AliasRequest alias, CancellationToken cancellationToken) =>
        PostAsync("registered-models/alias", alias, Json.AliasRequest, Json.Nothing, cancellationToken);

    public Task RemoveAliasAsync(AliasRequest alias, CancellationToken cancellationToken) => transport.SendAsync(
        HttpMethod.Delete, $"{Api}registered-models/alias", alias, Json.AliasRequest, Json.Nothing, cancellationToken);

    /// <summary>Where people look at a run.</summary>
    public static Uri PageOfRun(Uri server, string experiment, string runId) => new(string.Create(
        CultureInfo.InvariantCulture, $"{server.AbsoluteUri.TrimEnd('/')}/#/experiments/{Escape(experiment)}/runs/{Escape(runId)}"));

    private Task<TAnswer> PostAsync<TRequest, TAnswer>(
        string call,
        TRequest body,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TAnswer> answer,
        CancellationToken cancellationToken)
        where TAnswer : class => transport.SendAsync(HttpMethod.Post, Api + call, body, request, answer, cancellationToken);

    private static async Task<T?> OrNullAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (MlflowException exception) when (exception.Failure == MlflowFailure.NotFound)
        {
            return null;
        }
    }

    private T Given<T>(T? value)
        where T : class => value ?? throw new MlflowException(
        MlflowFailure.Unavailable, $"{Server} answered without the id of what it was to make: is it an MLflow server?") { IsOutcomeUnknown = true };

    // Values are hexadecimal, so that there is nothing to escape.
    private static string Filter(string tag, string value) => $"tags.`{tag}` = '{value}'";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
