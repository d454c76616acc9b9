using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Registry;
using DandelionMl.Shadowing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Hosting;

/// <summary>The version that runs beside the champion.</summary>
internal static class ShadowServices
{
    public static void AddShadow(this IServiceCollection services)
    {
        services.TryAddSingleton<ShadowQueue>();
        services.TryAddSingleton<IShadow>(provider => provider.GetRequiredService<ShadowQueue>());
        services.TryAddSingleton(provider => new ShadowSwitch(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ShadowSwitch>>()));
        services.TryAddSingleton<ShadowTelemetry>();
        services.TryAddSingleton(provider => new ShadowRecorder(
            provider.GetRequiredService<ShadowQueue>(), provider.GetRequiredService<Database>(), provider.GetRequiredService<ShadowTelemetry>()));
        services.TryAddSingleton(provider => new ShadowReader(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<ShadowSwitch>()));
    }
}
