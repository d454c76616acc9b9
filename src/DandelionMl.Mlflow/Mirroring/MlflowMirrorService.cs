using DandelionMl.Classification;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>Mirrors while the application runs. Every replica may have one.</summary>
internal sealed class MlflowMirrorService(
    MlflowMirror mirror, FirstLook first, IOptions<MlflowOptions> options, TimeProvider time, ILogger<MlflowMirrorService> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Repetitions _failures = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        MlflowLog.MirroringBegun(logger, options.Value.TrackingUri!, options.Value.Experiment);
        await first.WaitAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await mirror.LookAsync(stoppingToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Mirroring must not end the host.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                if (_failures.IsToTell(exception.GetType().Name, out var times))
                {
                    MlflowLog.OutboxNotRead(logger, exception.Message, times, Repetitions.Unexpected(exception));
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
