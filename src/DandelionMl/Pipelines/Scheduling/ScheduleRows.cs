using DandelionMl.Data;
using DandelionMl.Pipelines.Execution;

namespace DandelionMl.Pipelines.Scheduling;

/// <summary>How far each pipeline's schedule has been served, in <c>pipelines</c>: what several replicas fire, one of them wins.</summary>
internal sealed class ScheduleRows(Database database, TimeProvider time)
{
    /// <summary>Takes a schedule up where it was left, by whichever process; a new or changed one begins now.</summary>
    public Task BeginAsync(string pipeline, string cron, string timeZone, CancellationToken cancellationToken) =>
        database.WriteIdempotentAsync(
            async session =>
            {
                await PipelineQueue.LockAsync(session, pipeline).ConfigureAwait(false);
                return await session.ExecuteAsync(
                    """
                    UPDATE pipelines SET cron = @cron, time_zone = @timeZone, scheduled_until = @now
                    WHERE id = @pipeline AND (scheduled_until IS NULL OR cron <> @cron OR time_zone <> @timeZone)
                    """,
                    [("pipeline", pipeline), ("cron", cron), ("timeZone", timeZone), ("now", time.GetUtcMicroseconds())]).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>All times up to this one have been served.</summary>
    public Task<DateTimeOffset?> GetServedUntilAsync(string pipeline, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.ScalarAsync<DateTimeOffset?>(
            "SELECT scheduled_until FROM pipelines WHERE id = @pipeline", [("pipeline", pipeline)]),
        cancellationToken);

    /// <summary>Counts a schedule as served until now, where it is served until later.</summary>
    public Task<DateTimeOffset> SetBackAsync(string pipeline, CancellationToken cancellationToken)
    {
        var now = time.GetUtcMicroseconds();
        return database.WriteIdempotentAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "UPDATE pipelines SET scheduled_until = @now WHERE id = @pipeline AND scheduled_until > @now",
                    [("pipeline", pipeline), ("now", now)]).ConfigureAwait(false);
                return now;
            },
            cancellationToken);
    }

    /// <summary>Queues a run for a time of the schedule.</summary>
    /// <returns>Whether this call did it, and no other before.</returns>
    public Task<bool> FireAsync(PipelineDefinition pipeline, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        database.WriteIdempotentAsync(
            async session =>
            {
                await PipelineQueue.LockAsync(session, pipeline.Id).ConfigureAwait(false);
                var isFirst = await session.ExecuteAsync(
                    "UPDATE pipelines SET scheduled_until = @dueAt WHERE id = @id AND scheduled_until < @dueAt",
                    [("id", pipeline.Id), ("dueAt", dueAt)]).ConfigureAwait(false) == 1;
                if (isFirst)
                {
                    var trigger = new PipelineTrigger(PipelineTriggerKind.Schedule, time.GetUtcMicroseconds(), ScheduledFor: dueAt);
                    await PipelineQueue.EnqueueAsync(session, pipeline, new Dictionary<string, string>(), trigger).ConfigureAwait(false);
                }

                return isFirst;
            },
            cancellationToken);
}
