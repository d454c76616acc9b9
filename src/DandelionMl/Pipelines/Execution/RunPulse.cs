using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>While a step works: gives signs of life, keeps the lines it logs, and tells it to stop when the run is to be cancelled, when its
/// time is over, or when the run is no longer this process's.</summary>
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
    private readonly TaskCompletionSource _overdue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Repetitions _failures;
    private readonly Task _beating;
    private readonly Task _timing;
    private Task _stopping = Task.CompletedTask;

    /// <param name="lease">The run.</param>
    /// <param name="log">Its log.</param>
    /// <param name="options">The intervals.</param>
    /// <param name="timeout">How long the step may work; null for any time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of heartbeats that fail.</param>
    /// <param name="stopping">Tells that this process stops.</param>
    public RunPulse(
        RunLease lease,
        RunLog log,
        PipelineOptions options,
        TimeSpan? timeout,
        TimeProvider time,
        ILogger logger,
        CancellationToken stopping)
    {
        (_lease, _log, _options, _time, _logger) = (lease, log, options, time, logger);
        _failures = new Repetitions(time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Stopped = _stop.Token;
        _timing = timeout is { } limit ? TimeAsync(limit) : Task.CompletedTask;
        _beating = BeatAsync();
    }

    /// <summary>Cancelled when the step must end before it is done.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Whether that is because its time was over.</summary>
    public bool IsTimedOut { get; private set; }

    /// <summary>Whether that is because the run is no longer this process's.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Done when the step had to end, since the run is to be cancelled or its time was over, and its grace period is over,
    /// too.</summary>
    public Task Overdue => _overdue.Task;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_beating, _timing).ConfigureAwait(false);
        await _stopping.ConfigureAwait(false);
        _end.Dispose();

        // A step that was given up may still ask the token.
        if (!_overdue.Task.IsCompleted)
        {
            _stop.Dispose();
        }
    }

    private async Task BeatAsync()
    {
        var last = _time.GetTimestamp();
        var isToBeCancelled = false;
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(Math.Min(LogInterval.Ticks, _options.HeartbeatInterval.Ticks)), _time);
        while (!IsLost && await TickAsync(timer).ConfigureAwait(false))
        {
            if (_log.Pending().Count == 0 && _time.GetElapsedTime(last) < _options.HeartbeatInterval)
            {
                continue;
            }

            try
            {
                // What the database takes for it is not to put off the next.
                var begun = _time.GetTimestamp();
                var hadToBeCancelled = isToBeCancelled;
                isToBeCancelled = await _lease.BeatAsync().ConfigureAwait(false);
                last = begun;
                if (isToBeCancelled && !hadToBeCancelled)
                {
                    _stopping = StopAsync();
                }
            }
            catch (LostRunException)
            {
                IsLost = true;
            }
#pragma warning disable CA1031 // A database out of reach for a while must not end the step: the next beat may get through.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (_failures.IsToTell("heartbeat", out var times))
                {
                    PipelineLog.PipelineHeartbeatFailed(_logger, times, exception.Message, Repetitions.Unexpected(exception));
                }

                // Others count the run as abandoned by now.
                IsLost = _time.GetElapsedTime(last) >= _options.AbandonedAfter;
            }
        }

        if (IsLost)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task TimeAsync(TimeSpan timeout)
    {
        if (await DelayAsync(timeout).ConfigureAwait(false) && !Stopped.IsCancellationRequested)
        {
            IsTimedOut = true;
            await StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Tells the step to stop, and waits for the grace period to be over.</summary>
    private async Task StopAsync()
    {
        var grace = DelayAsync(_options.StopGracePeriod);

        // Not waited for: what the step does when it is told so may take long, too.
        var cancelling = _stop.CancelAsync();
        if (await grace.ConfigureAwait(false))
        {
            _overdue.TrySetResult();
        }
        else
        {
            await cancelling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether the time is over, and not the step.</returns>
    private async Task<bool> DelayAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _time, _end.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> TickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
