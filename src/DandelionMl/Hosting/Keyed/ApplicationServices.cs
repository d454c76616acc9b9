using System.Diagnostics.Metrics;
using DandelionMl.Pipelines.Execution;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Hosting.Keyed;

/// <summary>The application's container, as a loop under a key sees it: its clock, logs and meters are the application's.</summary>
internal sealed class ApplicationServices(IServiceProvider provider)
{
    public IServiceProvider Provider { get; } = provider;

    /// <summary>Adds what a loop shares with the application.</summary>
    public static void AddShared(IServiceCollection loop, object key)
    {
        loop.AddSingleton(services => Of(services).GetService<TimeProvider>() ?? TimeProvider.System);
        loop.AddSingleton<ILoggerFactory>(services =>
            new SharedLoggerFactory(Of(services).GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance));
        loop.AddMetrics();
        loop.Replace(ServiceDescriptor.Singleton<IMeterFactory>(services =>
            new KeyedMeterFactory(Of(services).GetRequiredService<IMeterFactory>(), key)));
        loop.AddSingleton(services => new StepScopes(
            services.GetRequiredService<IServiceScopeFactory>(), Of(services).GetRequiredService<IServiceScopeFactory>()));
    }

    private static IServiceProvider Of(IServiceProvider loop) => loop.GetRequiredService<ApplicationServices>().Provider;

    /// <summary>The application's factory, which is not the loop's to dispose of.</summary>
    private sealed class SharedLoggerFactory(ILoggerFactory application) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => application.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => application.AddProvider(provider);

        public void Dispose()
        {
        }
    }

    /// <summary>Meters of the application's factory that say which loop measures.</summary>
    private sealed class KeyedMeterFactory(IMeterFactory application, object key) : IMeterFactory
    {
        public Meter Create(MeterOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            return application.Create(new MeterOptions(options.Name)
            {
                Version = options.Version,
                Tags = [.. options.Tags ?? [], new("dandelionml.key", key.ToString())],
            });
        }

        public void Dispose()
        {
        }
    }
}
