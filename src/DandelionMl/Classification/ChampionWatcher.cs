using System.Threading.Channels;
using DandelionMl.Data;
using DandelionMl.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Classification;

/// <summary>Keeps the classifier on the registry's champion, whichever process promoted it: at once where it was this one or the database
/// notifies (PostgreSQL), and by polling everywhere. The first look is taken while the host gets ready to answer, and its start ends with it, unless
/// it lasts; a photo that comes before waits for it.</summary>
internal sealed class ChampionWatcher(
    Classifier classifier,
    BackboneCheck backbone,
    Database database,
    FirstLook first,
    ClassifierOptions options,
    TimeProvider time,
    ILogger<ChampionWatcher> logger)
    : BackgroundService, IHostedLifecycleService
{
    // One look that has not begun yet stands for every wish for one.
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The longest that the host's start waits for the first look: the database may be frozen.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMilliseconds(500);

    private readonly Repetitions _failures = new(time);
    private readonly CancellationTokenSource _stopping = new();

    // From the first, since a host makes all that it runs before it starts any of it.
    private readonly TaskCompletionSource _firstEnd = first.Expect();
    private Task _first = Task.CompletedTask;
    private int? _served;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        classifier.IsWatched = true;

        // On another thread: what it loads takes as long as all the rest of the start.
        _first = Task.Run(() => LookFirstAsync(_stopping.Token), CancellationToken.None);
        return base.StartAsync(cancellationToken);
    }

    // By the system's clock, whatever clock the program was given: this bounds how long people wait.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_first, Task.Delay(StartLimit, cancellationToken)).ConfigureAwait(false);
        _firstEnd.TrySetResult();
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        _first, FollowAsync(stoppingToken), PollAsync(stoppingToken), database.ListenAsync(SqlModelRegistry.ChampionChannel, Wish, stoppingToken));

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

    private async Task LookFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _firstEnd.TrySetResult();
        }

        if (_served is null)
        {
            ServingLog.NothingToServe(logger);
        }
    }

    /// <summary>Tells a failure once a minute while it lasts: the champion is looked for every few seconds.</summary>
    private void Tell(Exception exception)
    {
        if (!_failures.IsToTell(exception.Message, out _))
        {
            return;
        }

        if (exception is DandelionMlException)
        {
            ServingLog.ChampionNotLoaded(logger, exception.Message);
        }
        else
        {
            ServingLog.ReloadFailed(logger, exception);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var model = await classifier.ReloadAsync(cancellationToken).ConfigureAwait(false);
            if (model is not null && model.Version != _served)
            {
                _served = model.Version;
                ServingLog.Serving(logger, model.Version, model.Space.ToString(), model.Labels.Count);
            }

            if (classifier.Backbone is { } served)
            {
                await backbone.CheckAsync(served, cancellationToken).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // A registry out of reach for a while must not end the host: the next look may succeed.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Tell(e);
        }
    }
}
