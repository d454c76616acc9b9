using System.Threading.Channels;
using DandelionMl.Data;
using DandelionMl.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Classification;

/// <summary>Keeps the classifier on the registry's champion, whichever process promoted it: at once where it was this one or the database
/// notifies (PostgreSQL), and by polling everywhere. The first look is taken before the host starts to answer.</summary>
internal sealed class ChampionWatcher(
    Classifier classifier, Database database, ClassifierOptions options, TimeProvider time, ILogger<ChampionWatcher> logger)
    : BackgroundService
{
    // One look that has not begun yet stands for every wish for one.
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private int? _served;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        if (_served is null)
        {
            ServingLog.NothingToServe(logger);
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        FollowAsync(stoppingToken), PollAsync(stoppingToken), database.ListenAsync(SqlModelRegistry.ChampionChannel, Wish, stoppingToken));

    private void Wish() => _wishes.Writer.TryWrite(true);

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.ChampionPollInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            Wish();
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _wishes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await classifier.ReloadAsync(cancellationToken).ConfigureAwait(false) is { } model && model.Version != _served)
            {
                _served = model.Version;
                ServingLog.Serving(logger, model.Version, model.Space.ToString(), model.Labels.Count);
            }
        }
#pragma warning disable CA1031 // A registry out of reach for a while must not end the host: the next look may succeed.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            ServingLog.ReloadFailed(logger, e);
        }
    }
}
