namespace DandelionMl.Pipelines;

/// <summary>Something that a pipeline can be started with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it says, for a person.</param>
/// <param name="IsRequired">Whether no run starts without it.</param>
public sealed record PipelineParameter(string Name, string Description, bool IsRequired = false);
