using DandelionMl.Classification;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Scheduling;

/// <summary>Starts pipelines when their schedules say so. Every replica may have one. Times that were missed while none ran are made up
/// for by one run.</summary>
internal sealed class PipelineScheduler(
    PipelineSchedule schedule,
    PipelineCatalog pipelines,
    ScheduleRows rows,
    FirstLook first,
    TimeProvider time,
    ILogger<PipelineScheduler> logger)
    : BackgroundService
{
    // The clock may be set, and the database may be out of reach when a time is due.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>How far the clocks of replicas may differ.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private bool _hasBegun;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken).ConfigureAwait(false);
        while (schedule.Expressions.Count > 0)
        {
            var wait = await TryCheckAsync(stoppingToken).ConfigureAwait(false) ? TimeToNext() : LongestWait;
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fires what is due.</summary>
    internal async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!_hasBegun)
        {
            foreach (var (pipeline, cron) in schedule.Expressions)
            {
                await rows.BeginAsync(pipeline, cron, schedule.TimeZone.Id, cancellationToken).ConfigureAwait(false);
            }

            _hasBegun = true;
        }

        foreach (var pipeline in schedule.Expressions.Keys)
        {
            var served = await rows.GetServedUntilAsync(pipeline, cancellationToken).ConfigureAwait(false);
            if (served is { } until && until - time.GetUtcNow() > ClockTolerance)
            {
                // The clock was ahead once: nothing would be due until that time.
                PipelineLog.PipelineScheduleSetBack(logger, pipeline, until);
                served = await rows.SetBackAsync(pipeline, cancellationToken).ConfigureAwait(false);
            }

            if (schedule.FindDue(pipeline, served ?? DateTimeOffset.MaxValue, time.GetUtcNow()) is { } due
                && await rows.FireAsync(pipelines.Get(pipeline), due, cancellationToken).ConfigureAwait(false))
            {
                PipelineLog.PipelineScheduled(logger, pipeline, due);
            }
        }
    }

    private async Task<bool> TryCheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // A database out of reach for a while must not end the host: the next look may succeed.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            PipelineLog.PipelineScheduleFailed(logger, exception);
            return false;
        }
    }

    private TimeSpan TimeToNext()
    {
        var next = schedule.Expressions.Keys.Min(schedule.GetNextOccurrence) ?? DateTimeOffset.MaxValue;
        var wait = next - time.GetUtcNow();
        return wait > LongestWait ? LongestWait : wait < ShortestWait ? ShortestWait : wait;
    }
}
