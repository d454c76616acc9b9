using DandelionMl.Pipelines;

namespace DandelionMl.AspNetCore.Pages.Pipelines;

/// <summary>How long runs and their steps took so far.</summary>
internal static class RunTimes
{
    /// <returns>Null of what has not begun.</returns>
    public static TimeSpan? Elapsed(this PipelineRun run, DateTimeOffset now) => Between(run.StartedAt, run.FinishedAt, now);

    /// <returns>That of the last attempt; null of what has not begun.</returns>
    public static TimeSpan? Elapsed(this PipelineStepRun step, DateTimeOffset now) =>
        step.State == PipelineState.Queued ? null : Between(step.StartedAt, step.FinishedAt, now);

    private static TimeSpan? Between(DateTimeOffset? start, DateTimeOffset? end, DateTimeOffset now) => start is { } begun
        ? new TimeSpan(Math.Max(0, ((end ?? now) - begun).Ticks))
        : null;
}
