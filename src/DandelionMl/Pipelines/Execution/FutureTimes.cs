using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Sets right what a clock that was ahead once has dated: a sign of life, a hold or a lease that lies ahead would keep runs from being
/// taken up until that time comes.</summary>
internal sealed class FutureTimes(Database database, TimeProvider time, ILogger<FutureTimes> logger)
{
    /// <summary>How far clocks may differ, and how long a hold or a lease may be good for.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    private static readonly string[] Statements =
    [
        $"UPDATE pipeline_runs SET heartbeat_at = @now WHERE state = '{PipelineStateText.Running}' AND heartbeat_at > @future",
        "UPDATE pipeline_runs SET caller_lease_until = @future WHERE finished_at IS NULL AND caller_lease_until > @farFuture",
        "UPDATE pipelines SET held_until = @now WHERE held_until > @future",
        "UPDATE pipeline_sweeps SET lease_until = @now WHERE lease_until > @future",
        "UPDATE pipeline_sweeps SET swept_at = @now WHERE swept_at > @future",
    ];

    /// <summary>Dates what lies ahead as of now, so that it is treated as any other.</summary>
    public async Task SetRightAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcMicroseconds();
        SqlParameters times = [("now", now), ("future", now + Tolerance), ("farFuture", now + Tolerance + StartTerms.LongestLease)];
        var changed = await database.WriteIdempotentAsync(
            async session =>
            {
                var rows = 0;
                foreach (var statement in Statements)
                {
                    rows += await session.ExecuteAsync(statement, times).ConfigureAwait(false);
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
