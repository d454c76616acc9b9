using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines;

/// <summary>What is logged of pipelines: event ids 500 to 599. An id is never used again for another message.</summary>
internal static partial class PipelineLog
{
    [LoggerMessage(500, LogLevel.Information, "Pipeline run {Run} of '{Pipeline}': picked up")]
    public static partial void PipelineRunTaken(ILogger logger, long run, string pipeline);

    [LoggerMessage(501, LogLevel.Information, "Pipeline run {Run} of '{Pipeline}': {State}")]
    public static partial void PipelineRunLeft(ILogger logger, long run, string pipeline, PipelineState state);

    [LoggerMessage(502, LogLevel.Warning, "Pipeline run {Run} of '{Pipeline}': {Owner} stopped responding; this process continues it")]
    public static partial void PipelineRunAbandoned(ILogger logger, long run, string pipeline, string owner);

    [LoggerMessage(503, LogLevel.Warning, "Pipeline run {Run} of '{Pipeline}': another process has taken it over, since this one sent no heartbeat")]
    public static partial void PipelineRunLost(ILogger logger, long run, string pipeline);

    [LoggerMessage(504, LogLevel.Error, "Step '{Step}' of pipeline run {Run} of '{Pipeline}' failed in attempt {Attempt}: {Reason}{Next}")]
    public static partial void PipelineStepFailed(
        ILogger logger, Exception? defect, string step, long run, string pipeline, int attempt, string reason, string next);

    [LoggerMessage(505, LogLevel.Error, "Pipeline run {Run} of '{Pipeline}' could not be written to the database; it goes on once its last heartbeat is old enough")]
    public static partial void PipelineRunInterrupted(ILogger logger, Exception exception, long run, string pipeline);

    [LoggerMessage(506, LogLevel.Warning, "The heartbeat of a pipeline run could not be written, {Times} times since this was told last: {Reason}")]
    public static partial void PipelineHeartbeatFailed(ILogger logger, int times, string reason, Exception? exception);

    [LoggerMessage(507, LogLevel.Error, "The pipeline queue can't be read, {Times} times since this was told last: {Reason}")]
    public static partial void PipelineLookFailed(ILogger logger, int times, string reason, Exception? exception);

    [LoggerMessage(508, LogLevel.Information, "Pipeline '{Pipeline}' was due at {Time} by its schedule: a run is queued")]
    public static partial void PipelineScheduled(ILogger logger, string pipeline, DateTimeOffset time);

    [LoggerMessage(509, LogLevel.Error, "The pipeline schedule can't be processed; retrying within a minute")]
    public static partial void PipelineScheduleFailed(ILogger logger, Exception exception);

    [LoggerMessage(510, LogLevel.Error, "Step '{Step}' of pipeline run {Run} of '{Pipeline}' ignores its cancellation and was abandoned; the pipeline is blocked until the step returns or this process ends")]
    public static partial void PipelineStepLeft(ILogger logger, string step, long run, string pipeline);

    [LoggerMessage(511, LogLevel.Information, "Step '{Step}' of pipeline run {Run} of '{Pipeline}', which was abandoned, has returned; the pipeline is available again")]
    public static partial void PipelineStepReturned(ILogger logger, Exception? exception, string step, long run, string pipeline);

    [LoggerMessage(512, LogLevel.Information, "{Runs} old pipeline runs and {Lines} log lines were deleted")]
    public static partial void PipelineRunsSwept(ILogger logger, int runs, long lines);

    [LoggerMessage(513, LogLevel.Error, "Old pipeline runs or rejected versions can't be deleted; the next sweep tries again")]
    public static partial void PipelineSweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(514, LogLevel.Warning,
        "The schedule of '{Pipeline}' was dated {Until}, which is in the future: the clock was wrong once. It goes on from now")]
    public static partial void PipelineScheduleSetBack(ILogger logger, string pipeline, DateTimeOffset until);

    [LoggerMessage(515, LogLevel.Warning, "{Rows} rows of pipelines were dated far in the future, as the clock was wrong once: they are set to now")]
    public static partial void PipelineTimesSetRight(ILogger logger, int rows);

    [LoggerMessage(516, LogLevel.Warning, "Pipeline run {Run} of '{Pipeline}': nobody renewed its lease of {Lease}; it is cancelled")]
    public static partial void PipelineLeaseOver(ILogger logger, long run, string pipeline, TimeSpan lease);

    [LoggerMessage(517, LogLevel.Information, "Versions of the model that were rejected long ago were deleted: {Versions}")]
    public static partial void RejectedVersionsDeleted(ILogger logger, string versions);
}
