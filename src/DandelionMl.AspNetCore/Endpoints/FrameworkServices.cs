using System.Collections.Frozen;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Services of the framework as this library's endpoints want them: cookies, tokens, JSON, problems, languages … An application has
/// one of each, set up as it wants its own; these are in a container of their own, and none of the application's changes.</summary>
internal sealed class FrameworkServices : IDisposable
{
    /// <summary>Told by <see cref="Api.ReadinessLog"/> in fewer lines.</summary>
    private const string HealthChecks = "Microsoft.Extensions.Diagnostics.HealthChecks.";

    /// <summary>Tells each request that the keys can't be read; <see cref="Security.Sessions.SharedKeys"/> tells it once.</summary>
    private const string KeyRings = "Microsoft.AspNetCore.DataProtection.KeyManagement.KeyRingProvider";

    private readonly ServiceProvider _own;
    private readonly FrozenSet<Type> _types;

    public FrameworkServices(IServiceProvider application, IEnumerable<FrameworkPart> parts)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(
            new FilteredLoggerFactory(application.GetRequiredService<ILoggerFactory>(), HealthChecks, KeyRings));
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(application.GetRequiredService<TimeProvider>());
        services.AddSingleton(application.GetRequiredService<IHostEnvironment>());
        foreach (var part in parts)
        {
            part.Add(services, application);
        }

        _own = services.BuildServiceProvider();
        _types = parts.SelectMany(part => part.Types).ToFrozenSet();
    }

    public T Get<T>()
        where T : notnull => _own.GetRequiredService<T>();

    /// <summary>An application's services with those of this container in their place.</summary>
    /// <param name="application">The application's, of a request or of all.</param>
    public LayeredServices Over(IServiceProvider application) => new(_types, _own, application);

    public void Dispose() => _own.Dispose();
}

/// <summary>Adds to <see cref="FrameworkServices"/>.</summary>
/// <param name="Types">The services that endpoints find there, not in the application's.</param>
/// <param name="Add">Adds them; the second parameter are the application's services.</param>
internal sealed record FrameworkPart(IReadOnlyList<Type> Types, Action<IServiceCollection, IServiceProvider> Add);

/// <summary>An application's services with some others in the place of its own.</summary>
internal sealed class LayeredServices(FrozenSet<Type> types, IServiceProvider own, IServiceProvider application)
    : IServiceProvider, IKeyedServiceProvider, IAsyncDisposable
{
    private AsyncServiceScope? _scope;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IServiceProvider) ? this
        : types.Contains(serviceType) ? (_scope ??= own.CreateAsyncScope()).ServiceProvider.GetService(serviceType)
        : application.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        (application as IKeyedServiceProvider)?.GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        application.GetRequiredKeyedService(serviceType, serviceKey);

    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;
}
