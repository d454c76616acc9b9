using System.Threading.Channels;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Shadowing;

/// <summary>Keeps the shadow on what the database says, as the champion is kept, and counts its answers, beside the requests: at once where it was
/// changed by this process or the database notifies, and by polling everywhere. Whatever fails here, the champion is served.</summary>
internal sealed class ShadowWatch(
    ShadowQueue queue,
    ShadowSwitch shadows,
    ShadowRecorder recorder,
    Database database,
    FirstLook first,
    ClassifierOptions options,
    TimeProvider time,
    ILogger<ShadowWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    // One look that has not begun yet stands for every wish for one; the first is wished for from the start.
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Repetitions _failures = new(time);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);

        // What came since the last look. Others have to stop, too, should the database be frozen.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopLimit);
        await TryAsync(recorder.RecordAsync, limit.Token).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken).ConfigureAwait(false);
        Wish();
        await Task.WhenAll(
            WorkAsync(stoppingToken), PollAsync(stoppingToken), database.ListenAsync(SqlModelRegistry.ChampionChannel, Wish, stoppingToken))
            .ConfigureAwait(false);
    }

    /// <summary>Counts what waits, and looks which version is the shadow now.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await TryAsync(recorder.RecordAsync, cancellationToken).ConfigureAwait(false);
        await TryAsync(FollowAsync, cancellationToken).ConfigureAwait(false);
    }

    private void Wish() => _wishes.Writer.TryWrite(true);

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.ChampionPollInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            Wish();
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _wishes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> FollowAsync(CancellationToken cancellationToken)
    {
        var running = await shadows.FindAsync(cancellationToken).ConfigureAwait(false);
        if (running?.Model.Version == queue.Version)
        {
            return 0;
        }

        if (running is null)
        {
            queue.Use(null);
            ShadowLog.Stopped(logger);
            return 0;
        }

        try
        {
            // The one before is asked until the new one is there: no answer goes without one.
            queue.Use(await shadows.LoadAsync(running.Model, cancellationToken).ConfigureAwait(false));
            ShadowLog.Running(logger, running.Model.Version);
        }
        catch (DandelionMlException exception)
        {
            // It is tried again and again: a store may be out of reach for a while.
            queue.Use(null);
            if (_failures.IsToTell($"load {running.Model.Version}", out _))
            {
                ShadowLog.NotLoaded(logger, running.Model.Version, exception.Message);
            }
        }

        return 0;
    }

    private async Task TryAsync(Func<CancellationToken, Task<long>> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
#pragma warning disable CA1031 // The shadow must not end the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_failures.IsToTell("", out var times))
            {
                ShadowLog.NotFollowed(logger, times, exception.Message);
            }
        }
    }
}
