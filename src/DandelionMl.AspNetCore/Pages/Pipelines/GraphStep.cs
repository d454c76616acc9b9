using DandelionMl.Pipelines;

namespace DandelionMl.AspNetCore.Pages.Pipelines;

/// <summary>A step of a graph.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Run">How its last run is, or went; null if it never ran.</param>
public sealed record GraphStep(string Name, PipelineStepRun? Run);
