using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Cancels the runs whose lease nobody renews: whoever started them no longer waits for them. For one worker.</summary>
/// <remarks>A run is cancelled only when this process has watched for the whole time of its lease. Otherwise a host that was down, or that did
/// not reach its database, would cancel the runs that nobody could renew meanwhile.</remarks>
internal sealed class CallerLeases(
    Database database, PipelineQueue queue, PipelineOptions options, TimeProvider time, ILogger<CallerLeases> logger)
{
    private DateTimeOffset _watchingSince = DateTimeOffset.MaxValue;
    private DateTimeOffset _lastLook = DateTimeOffset.MinValue;

    /// <summary>Cancels what is to be cancelled now. To be called with each look for runs: a pause longer than
    /// <see cref="PipelineOptions.AbandonedAfter"/>, and than two looks take, begins the watch anew.</summary>
    public async Task EndExpiredAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcMicroseconds();
        var expired = await database.ReadAsync(session => RunRows.ListExpiredAsync(session, now), cancellationToken).ConfigureAwait(false);
        var pause = options.AbandonedAfter > 2 * options.PollInterval ? options.AbandonedAfter : 2 * options.PollInterval;
        if (now < _lastLook || now - _lastLook > pause)
        {
            _watchingSince = now;
        }

        _lastLook = now;
        foreach (var run in expired.Where(run => _watchingSince + run.Lease <= now))
        {
            if (await queue.CancelExpiredAsync(run, cancellationToken).ConfigureAwait(false))
            {
                PipelineLog.PipelineLeaseOver(logger, run.Id, run.Pipeline, run.Lease!.Value);
            }
        }
    }
}
