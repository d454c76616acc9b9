using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting.Keyed;

/// <summary>Runs what a loop under a key runs in the background, and checks its settings before anything starts.</summary>
internal sealed class KeyedLoopHost(KeyedLoop loop) : BackgroundService, IHostedLifecycleService
{
    private readonly List<IHostedService> _started = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        loop.Services.GetService<IStartupValidator>()?.Validate();
        foreach (var service in loop.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(cancellationToken).ConfigureAwait(false);
            _started.Add(service);
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells those that want to know before any service is stopped, as the host tells this one.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _started.OfType<IHostedLifecycleService>())
        {
            await service.StoppingAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Tells those that want to know when all have started, as the host tells this one.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _started.OfType<IHostedLifecycleService>())
        {
            await service.StartedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var service in _started.AsEnumerable().Reverse())
        {
            await service.StopAsync(cancellationToken).ConfigureAwait(false);
        }

        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The host watches this one only, so an error of what runs in it is this one's.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = _started.OfType<BackgroundService>().Select(service => service.ExecuteTask).OfType<Task>();
        await foreach (var ended in Task.WhenEach(running).ConfigureAwait(false))
        {
            await ended.ConfigureAwait(false);
        }
    }
}
