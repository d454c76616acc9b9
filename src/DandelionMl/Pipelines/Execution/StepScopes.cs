using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Gives each attempt at a step services of its own: the loop's and, where the loop has a container of its own, those of the
/// application behind them.</summary>
internal sealed class StepScopes(IServiceScopeFactory loop, IServiceScopeFactory? application = null)
{
    public StepScope Create() => new(loop.CreateAsyncScope(), application?.CreateAsyncScope());
}

/// <summary>The services of one attempt at a step.</summary>
internal sealed class StepScope(AsyncServiceScope loop, AsyncServiceScope? application) : IServiceProvider, IAsyncDisposable
{
    public object? GetService(Type serviceType) =>
        serviceType == typeof(IServiceProvider) ? this
        : loop.ServiceProvider.GetService(serviceType) ?? application?.ServiceProvider.GetService(serviceType);

    public async ValueTask DisposeAsync()
    {
        await loop.DisposeAsync().ConfigureAwait(false);
        if (application is { } scope)
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
    }
}
