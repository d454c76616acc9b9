using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Hosting;

/// <summary>Goes on after <c>AddDandelionMl</c>: what else the application runs.</summary>
public sealed class DandelionMlBuilder
{
    internal DandelionMlBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Keeps the classifier on the registry's champion while the application runs, whichever process promoted it. For
    /// applications that serve.</summary>
    public DandelionMlBuilder AddChampionWatcher()
    {
        Services.AddHostedService<ChampionWatcher>();
        return this;
    }
}
