using DandelionMl.Data;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.BuiltIn;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Pipelines.Retention;
using DandelionMl.Pipelines.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>The pipelines there are, and what runs them.</summary>
internal static class PipelineServices
{
    public static void AddPipelines(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DandelionMlOptions>, PipelineOptionsValidator>());
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Pipelines);
        services.TryAddSingleton(provider => new PipelineCatalog(
            [IngestDatasetPipeline.Definition, TrainPipeline.Definition, RetrainPipeline.Definition, .. provider.GetServices<PipelineDefinition>()]));
        services.TryAddSingleton<PipelineClaims>();
        services.TryAddSingleton<PipelineQueue>();
        services.TryAddSingleton(provider => new StepScopes(provider.GetRequiredService<IServiceScopeFactory>()));
        services.TryAddSingleton(new RetryBackoff(Random.Shared.NextDouble));
        services.TryAddSingleton<PipelineStragglers>();
        services.TryAddSingleton<PipelineExecutor>();
        services.TryAddSingleton<CallerLeases>();
        services.TryAddSingleton<PipelineSweep>();
        services.TryAddSingleton<FutureTimes>();
        services.TryAddSingleton<ScheduleRows>();
        services.TryAddSingleton(provider => new PipelineSchedule(
            provider.GetRequiredService<PipelineCatalog>(), provider.GetRequiredService<PipelineOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new PipelineRuns(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PipelineCatalog>(),
            provider.GetRequiredService<PipelineSchedule>(), provider.GetRequiredService<PipelineQueue>(),
            provider.GetRequiredService<PipelineSweep>(), provider.GetRequiredService<FutureTimes>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new PipelineRunner(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PipelineCatalog>(),
            provider.GetRequiredService<PipelineQueue>(), provider.GetRequiredService<PipelineClaims>(),
            provider.GetRequiredService<PipelineExecutor>(), provider.GetRequiredService<PipelineOptions>(),
            provider.GetRequiredService<FutureTimes>(), provider.GetRequiredService<TimeProvider>()));
    }
}
