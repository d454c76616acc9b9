namespace DandelionMl.Pipelines.Execution;

/// <summary>Another process has taken the run, since this one was not heard from for too long: it must not touch it any more.</summary>
internal sealed class LostRunException(long runId) : Exception($"Run {runId} was taken over by another process.");
