using System.Collections.Concurrent;
using DandelionMl.Data;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>The steps of this process that were told to stop, did not, and were given up. Code can't be ended from outside, so each works
/// on until it returns; as long as it does, its pipeline is held. Thread-safe.</summary>
internal sealed class PipelineStragglers(
    Database database, PipelineOptions options, TimeProvider time, ILogger<PipelineStragglers> logger) : IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, byte> _watched = new();
    private readonly Repetitions _failures = new(time);

    /// <summary>Keeps the pipeline held until the work has ended, or this process has.</summary>
    /// <param name="hold">The hold, which the database knows already.</param>
    /// <param name="step">The step.</param>
    /// <param name="work">Its work.</param>
    /// <param name="scope">The services that it works with; disposed when it has ended.</param>
    public void Watch(PipelineHold hold, string step, Task work, IAsyncDisposable scope)
    {
        PipelineLog.PipelineStepLeft(logger, step, hold.RunId, hold.Pipeline);
        var watch = WatchAsync(hold, step, work, scope);
        _watched[watch] = 0;
        watch.ContinueWith(done => _watched.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Leaves what still works; its holds end by themselves, when the process is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_watched.Keys).ConfigureAwait(false);
        _end.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => _end.Cancel();

    private async Task WatchAsync(PipelineHold hold, string step, Task work, IAsyncDisposable scope)
    {
        using var timer = new PeriodicTimer(options.HeartbeatInterval, time);
        while (!work.IsCompleted)
        {
            var tick = TickAsync(timer);
            await Task.WhenAny(work, tick).ConfigureAwait(false);
            if (!work.IsCompleted)
            {
                if (!await tick.ConfigureAwait(false))
                {
                    return;
                }

                await TryAsync(session => hold.RenewAsync(session, time.GetUtcMicroseconds())).ConfigureAwait(false);
            }
        }

        PipelineLog.PipelineStepReturned(logger, work.Exception?.InnerException, step, hold.RunId, hold.Pipeline);
        await scope.DisposeAsync().ConfigureAwait(false);
        await TryAsync(hold.EndAsync).ConfigureAwait(false);
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

    private async Task TryAsync(Func<DatabaseSession, Task> change)
    {
        try
        {
            await database.WriteIdempotentAsync(
                async session =>
                {
                    await change(session).ConfigureAwait(false);
                    return 0;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A database out of reach for a while must not end the watch: the next tick may get through.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_failures.IsToTell("heartbeat", out var times))
            {
                PipelineLog.PipelineHeartbeatFailed(logger, times, exception.Message, Repetitions.Unexpected(exception));
            }
        }
    }
}
