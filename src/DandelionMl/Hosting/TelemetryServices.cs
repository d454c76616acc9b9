using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Embeddings;
using DandelionMl.Photos;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Promotion;
using DandelionMl.Reconciliation;
using DandelionMl.Retraining;
using DandelionMl.Telemetry;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
    }
}
