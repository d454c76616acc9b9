using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DandelionMl.Hosting.Keyed;

/// <summary>A whole learning loop of its own under a key: its services live in a container of their own inside the application's, so that
/// every part finds the others of its loop. The application reaches them by the key.</summary>
internal sealed class KeyedLoop : IAsyncDisposable, IDisposable
{
    private readonly ServiceProvider _services;

    /// <param name="key">The loop's key.</param>
    /// <param name="parts">What was added to the loop.</param>
    /// <param name="application">The application's container.</param>
    /// <param name="own">Parts that the application registered itself under the key: they stand in the place of the loop's.</param>
    public KeyedLoop(object key, IServiceCollection parts, IServiceProvider application, IEnumerable<Type> own)
    {
        var services = new ServiceCollection();
        services.Add(parts);
        services.AddSingleton(new ApplicationServices(application));
        foreach (var type in own)
        {
            services.Replace(ServiceDescriptor.Singleton(type, _ => application.GetRequiredKeyedService(type, key)));
        }

        _services = services.BuildServiceProvider();
    }

    public IServiceProvider Services => _services;

    public void Dispose() => _services.Dispose();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
