namespace DandelionMl.Pipelines.Execution;

/// <summary>A run that this process has taken.</summary>
/// <param name="Run">The run.</param>
/// <param name="Lease">Under what lease.</param>
/// <param name="LastLogNumber">The number of its log's last line; 0 if it has none.</param>
/// <param name="LostOwner">Who had it before and was lost.</param>
internal sealed record RunClaim(PipelineRun Run, string Lease, long LastLogNumber, string? LostOwner);
