using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Sets right what a clock that was ahead once has dated: a sign of life, a hold, a lease or a next attempt that lies ahead would keep
/// runs from being taken up, and trainings from being mirrored, until that time comes.</summary>
internal sealed class FutureTimes(Database database, PipelineCatalog pipelines, TimeProvider time, ILogger<FutureTimes> logger)
{
    /// <summary>How far clocks may differ, and how long a hold or a lease may be good for.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    /// <summary>A tracking server that refuses a training is asked again within six hours and a tenth.</summary>
    private static readonly TimeSpan LongestTrackingDelay = TimeSpan.FromHours(7);

    private static readonly string[] Statements =
    [
        $"UPDATE pipeline_runs SET heartbeat_at = @now WHERE state = '{PipelineStateText.Running}' AND heartbeat_at > @future",
        "UPDATE pipeline_runs SET caller_lease_until = @future WHERE finished_at IS NULL AND caller_lease_until > @farFuture",
        "UPDATE pipelines SET held_until = @now WHERE held_until > @future",
        "UPDATE pipeline_sweeps SET lease_until = @now WHERE lease_until > @future",
        "UPDATE pipeline_sweeps SET swept_at = @now WHERE swept_at > @future",
        "UPDATE tracking_servers SET lease_until = @now WHERE lease_until > @future",
        "UPDATE tracking_outbox SET retry_at = @now WHERE retry_at > @trackingFuture",
    ];

    /// <summary>The next attempts of one pipeline, whose steps may wait for long.</summary>
    private static readonly string[] RetryStatements =
    [
        $"""
        UPDATE pipeline_steps SET retry_at = @now
        WHERE state = '{PipelineStateText.Waiting}' AND retry_at > @latest
            AND run_id IN (SELECT id FROM pipeline_runs WHERE pipeline = @pipeline)
        """,
        $"UPDATE pipeline_runs SET retry_at = @now WHERE pipeline = @pipeline AND state = '{PipelineStateText.Waiting}' AND retry_at > @latest",
    ];

    /// <summary>Dates what lies ahead as of now, so that it is treated as any other.</summary>
    public async Task SetRightAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcMicroseconds();
        SqlParameters times =
        [
            ("now", now), ("future", now + Tolerance), ("farFuture", now + Tolerance + StartTerms.LongestLease),
            ("trackingFuture", now + Tolerance + LongestTrackingDelay),
        ];
        var changed = await database.WriteIdempotentAsync(
            async session =>
            {
                var rows = 0;
                foreach (var statement in Statements)
                {
                    rows += await session.ExecuteAsync(statement, times).ConfigureAwait(false);
                }

                foreach (var pipeline in pipelines.All)
                {
                    SqlParameters retries =
                        [("now", now), ("pipeline", pipeline.Id), ("latest", now + Tolerance + pipeline.Steps.Max(RetryBackoff.Longest))];
                    foreach (var statement in RetryStatements)
                    {
                        rows += await session.ExecuteAsync(statement, retries).ConfigureAwait(false);
                    }
                }

                return rows;
            },
            cancellationToken).ConfigureAwait(false);
        if (changed > 0)
        {
            PipelineLog.PipelineTimesSetRight(logger, changed);
        }
    }
}
