using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>While a step works: gives signs of life, keeps the lines it logs, and stops it when the run is to be cancelled or no longer
/// this process's.</summary>
internal sealed class RunPulse : IAsyncDisposable
{
    // Lines logged are seen by others within this time, heartbeats are given at their own.
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(1);

    private readonly RunLease _lease;
    private readonly RunLog _log;
    private readonly PipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _beating;

    public RunPulse(
        RunLease lease, RunLog log, PipelineOptions options, TimeProvider time, ILogger logger, CancellationToken stopping)
    {
        (_lease, _log, _options, _time, _logger) = (lease, log, options, time, logger);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Stopped = _stop.Token;
        _beating = BeatAsync();
    }

    /// <summary>Cancelled when the step must end before it is done.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Whether that is because the run is to be cancelled.</summary>
    public bool IsToBeCancelled { get; private set; }

    /// <summary>Whether that is because the run is no longer this process's.</summary>
    public bool IsLost { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _beating;
        _end.Dispose();
        _stop.Dispose();
    }

    private async Task BeatAsync()
    {
        var last = _time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(Math.Min(LogInterval.Ticks, _options.HeartbeatInterval.Ticks)), _time);
        while (!IsToBeCancelled && !IsLost && await TickAsync(timer))
        {
            if (_log.Pending().Count == 0 && _time.GetElapsedTime(last) < _options.HeartbeatInterval)
            {
                continue;
            }

            try
            {
                // What the database takes for it is not to put off the next.
                var begun = _time.GetTimestamp();
                IsToBeCancelled = await _lease.BeatAsync();
                last = begun;
            }
            catch (LostRunException)
            {
                IsLost = true;
            }
#pragma warning disable CA1031 // A database out of reach for a while must not end the step: the next beat may get through.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                PipelineLog.PipelineHeartbeatFailed(_logger, exception);

                // Others count the run as abandoned by now.
                IsLost = _time.GetElapsedTime(last) >= _options.AbandonedAfter;
            }
        }

        if (IsToBeCancelled || IsLost)
        {
            await _stop.CancelAsync();
        }
    }

    private async Task<bool> TickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_end.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
