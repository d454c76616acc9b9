using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.LiveAccuracy;
using DandelionMl.Monitoring;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Promotion;
using DandelionMl.Reconciliation;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Telemetry;
using DandelionMl.Tracking;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>What each part measures, on the container's meter.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<ServingTelemetry>();
        services.TryAddSingleton<EmbeddingTelemetry>();
        services.TryAddSingleton<PhotoTelemetry>();
        services.TryAddSingleton<RetrainTelemetry>();
        services.TryAddSingleton<TrainingTelemetry>();
        services.TryAddSingleton<PromotionTelemetry>();
        services.TryAddSingleton<StoreTelemetry>();
        services.TryAddSingleton<RetryTelemetry>();
        services.TryAddSingleton<ReconciliationTelemetry>();
        services.TryAddSingleton<PipelineTelemetry>();
        services.TryAddSingleton<TrackingTelemetry>();
        services.TryAddSingleton<LoopStateTelemetry>();
        services.TryAddSingleton(provider => new LoopStateReader(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IModelRegistry>(),
            provider.GetRequiredService<PipelineRuns>(), provider.GetRequiredService<IImageStore>(),
            provider.GetRequiredService<LiveAccuracyReader>(), provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Gate,
            provider.GetRequiredService<TimeProvider>()));
    }
}
