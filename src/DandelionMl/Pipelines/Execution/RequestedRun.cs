namespace DandelionMl.Pipelines.Execution;

/// <summary>A run that a step asks for.</summary>
internal sealed record RequestedRun(PipelineDefinition Pipeline, IReadOnlyDictionary<string, string> Parameters);
