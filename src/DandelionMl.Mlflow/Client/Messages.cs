namespace DandelionMl.Mlflow.Client;

// As https://mlflow.org/docs/latest/rest-api.html has them, as far as they are used.
internal sealed record ErrorAnswer(string? ErrorCode, string? Message);

internal sealed record Nothing;

internal sealed record Tag(string Key, string Value);

internal sealed record Param(string Key, string Value);

internal sealed record CreateExperiment(string Name);

internal sealed record ExperimentAnswer(ExperimentInfo? Experiment);

internal sealed record ExperimentInfo(string? ExperimentId, string? LifecycleStage);

internal sealed record Search(IReadOnlyList<string> ExperimentIds, string Filter, int MaxResults);

internal sealed record RunsAnswer(IReadOnlyList<Run>? Runs);

internal sealed record RunAnswer(Run? Run);

internal sealed record Run(RunInfo? Info, RunOutputs? Outputs);

internal sealed record RunInfo(string? RunId, string? ExperimentId, string? ArtifactUri, string? LifecycleStage, string? Status);

internal sealed record RunOutputs(IReadOnlyList<ModelOutput>? ModelOutputs);

internal sealed record ModelOutput(string ModelId, long Step);

internal sealed record CreateRun(string ExperimentId, string RunName, long StartTime, IReadOnlyList<Tag> Tags);

internal sealed record UpdateRun(string RunId, string Status, long EndTime);

internal sealed record LogBatch(string RunId)
{
    public IReadOnlyList<Metric>? Metrics { get; init; }

    public IReadOnlyList<Param>? Params { get; init; }

    public IReadOnlyList<Tag>? Tags { get; init; }
}

/// <param name="Key">Its name.</param>
/// <param name="Value">The number.</param>
/// <param name="Timestamp">When, in milliseconds since 1970.</param>
/// <param name="Step">The epoch.</param>
internal sealed record Metric(string Key, double Value, long Timestamp, long Step)
{
    public string? ModelId { get; init; }

    public string? DatasetName { get; init; }

    public string? DatasetDigest { get; init; }
}

internal sealed record LogInputs(string RunId, IReadOnlyList<DatasetInput> Datasets);

internal sealed record DatasetInput(Dataset Dataset, IReadOnlyList<Tag> Tags);

internal sealed record Dataset(string Name, string Digest, string SourceType, string Source, string Profile);

/// <summary>What the page shows of a data set.</summary>
internal sealed record Profile(int NumRows, IReadOnlyDictionary<string, int> Classes);

internal sealed record LogOutputs(string RunId, IReadOnlyList<ModelOutput> Models);

internal sealed record CreateLoggedModel(
    string ExperimentId, string Name, string ModelType, string SourceRunId, IReadOnlyList<Param> Params, IReadOnlyList<Tag> Tags);

internal sealed record LoggedModelAnswer(LoggedModel? Model);

internal sealed record LoggedModelsAnswer(IReadOnlyList<LoggedModel>? Models);

internal sealed record LoggedModel(LoggedModelInfo? Info);

internal sealed record LoggedModelInfo(string? ModelId, string? ArtifactUri, string? Status);

internal sealed record FinalizeLoggedModel(string ModelId, string Status);

internal sealed record LoggedModelTags(IReadOnlyList<Tag> Tags);

internal sealed record CreateRegisteredModel(string Name);

internal sealed record RegisteredModelAnswer(RegisteredModel? RegisteredModel);

internal sealed record RegisteredModel(string? Name, IReadOnlyList<ModelAlias>? Aliases);

internal sealed record ModelAlias(string Alias, string Version);

internal sealed record CreateModelVersion(string Name, string Source, string RunId, IReadOnlyList<Tag> Tags)
{
    public string? ModelId { get; init; }
}

internal sealed record ModelVersionAnswer(VersionInfo? ModelVersion);

internal sealed record ModelVersionsAnswer(IReadOnlyList<VersionInfo>? ModelVersions);

internal sealed record VersionInfo(string? Version);

internal sealed record UpdateModelVersion(string Name, string Version, string Description);

internal sealed record VersionTag(string Name, string Version, string Key, string Value);

/// <summary>Sets an alias, or without a version removes it.</summary>
internal sealed record AliasRequest(string Name, string Alias, string? Version = null);
