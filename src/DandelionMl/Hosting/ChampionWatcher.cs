using DandelionMl.Classification;
using DandelionMl.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>Keeps the classifier on the registry's champion, whichever process promoted it. The first look is taken before the host
/// starts to answer.</summary>
internal sealed class ChampionWatcher(
    Classifier classifier, IOptions<DandelionMlOptions> options, TimeProvider time, ILogger<ChampionWatcher> logger) : BackgroundService
{
    private int? _served;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        if (_served is null)
        {
            Log.NothingToServe(logger);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Classifier.ChampionPollInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await classifier.ReloadAsync(cancellationToken) is { } model && model.Version != _served)
            {
                _served = model.Version;
                Log.Serving(logger, model.Version, model.Space.ToString(), model.Labels.Count);
            }
        }
#pragma warning disable CA1031 // A registry out of reach for a while must not end the host: the next look may succeed.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.ReloadFailed(logger, e);
        }
    }
}
