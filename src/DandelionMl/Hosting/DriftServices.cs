using System.Diagnostics.Metrics;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Drift.Explanation;
using DandelionMl.Drift.Watching;
using DandelionMl.Embeddings;
using DandelionMl.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DandelionMl.Hosting;

/// <summary>The watch for drift of the photos that are served.</summary>
internal static class DriftServices
{
    public static void AddDrift(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ServedPhotoQueue(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new DriftReferenceSource(
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<IEmbeddingStore>()));
        services.TryAddSingleton(provider => new DriftRecorder(
            provider.GetRequiredService<ServedPhotoQueue>(), provider.GetRequiredService<DriftReferenceSource>(),
            provider.GetRequiredService<Database>(), provider.GetRequiredService<ClassifierOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new DriftMonitor(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new DriftExplainer(
            provider.GetRequiredService<DriftReferenceSource>(), provider.GetRequiredService<IImageCatalog>(),
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new DriftTelemetry(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<ClassifierOptions>().DriftPhotosPerFalseAlarm));
    }
}
