using DandelionMl.Classification;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Monitoring;

/// <summary>Reads how the learning loop stands, again and again, while the application runs.</summary>
internal sealed class LoopStateWatch(
    LoopStateReader reader, LoopStateTelemetry telemetry, FirstLook first, TimeProvider time, ILogger<LoopStateWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                telemetry.Keep(await reader.ReadAsync(stoppingToken).ConfigureAwait(false));
            }
#pragma warning disable CA1031 // Watching must not end the host; what fails is told by those that need it.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                MonitoringLog.StateNotRead(logger, exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
