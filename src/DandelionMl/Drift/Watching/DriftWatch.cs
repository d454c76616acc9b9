using DandelionMl.Classification;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Drift.Watching;

/// <summary>Looks at served photos for drift while the application runs, beside the requests.</summary>
internal sealed class DriftWatch(
    ServedPhotoQueue queue,
    DriftRecorder recorder,
    DriftMonitor monitor,
    DriftTelemetry telemetry,
    ClassifierOptions options,
    TimeProvider time,
    ILogger<DriftWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly Repetitions _failures = new(time);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.DriftEnabled)
        {
            return Task.CompletedTask;
        }

        queue.Open();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (options.DriftEnabled)
        {
            // What came since the last look. Others have to stop, too, should the database be frozen.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StopLimit);
            await LookAsync(limit.Token).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await LookAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var record in await recorder.RecordAsync(cancellationToken).ConfigureAwait(false))
            {
                if (record is { IsNewAlarm: true, State.Alarm: { } alarm })
                {
                    DriftLog.Drifted(logger, record.ModelVersion, alarm);
                }

                telemetry.Count(record);
            }

            // Other processes look at photos, too, and people acknowledge alarms.
            telemetry.Keep(await monitor.FindAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
#pragma warning disable CA1031 // Watching must not end the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_failures.IsToTell("", out var times))
            {
                DriftLog.NotRecorded(logger, times, exception.Message);
            }
        }
    }
}
