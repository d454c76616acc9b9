using DandelionMl.Data;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.BuiltIn;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Pipelines.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>Pipelines: which there are, and whether this application works on them.</summary>
public static class PipelineBuilderExtensions
{
    /// <summary>Works on pipelines' runs, and starts them by schedule, while the application runs. Every replica may: a run is on one at a
    /// time, and a time of the schedule fires once. See <see cref="PipelineOptions"/> for the switches.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    public static DandelionMlBuilder AddPipelineWorker(this DandelionMlBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PipelineWorker>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PipelineScheduler>());
        return builder;
    }

    /// <summary>Gives the application a pipeline of its own, or puts one in the place of the library's that has its id.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="pipeline">The pipeline.</param>
    public static DandelionMlBuilder AddPipeline(this DandelionMlBuilder builder, PipelineDefinition pipeline)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(pipeline);
        builder.Services.AddSingleton(pipeline);
        return builder;
    }

    internal static void AddPipelines(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DandelionMlOptions>, PipelineOptionsValidator>());
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Pipelines);
        services.TryAddSingleton(provider => new PipelineCatalog(
            [IngestDatasetPipeline.Definition, TrainPipeline.Definition, RetrainPipeline.Definition, .. provider.GetServices<PipelineDefinition>()]));
        services.TryAddSingleton<PipelineTelemetry>();
        services.TryAddSingleton<PipelineClaims>();
        services.TryAddSingleton<PipelineQueue>();
        services.TryAddSingleton(provider => new StepScopes(provider.GetRequiredService<IServiceScopeFactory>()));
        services.TryAddSingleton<PipelineExecutor>();
        services.TryAddSingleton<ScheduleRows>();
        services.TryAddSingleton(provider => new PipelineSchedule(
            provider.GetRequiredService<PipelineCatalog>(), provider.GetRequiredService<PipelineOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new PipelineRuns(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PipelineCatalog>(),
            provider.GetRequiredService<PipelineSchedule>(), provider.GetRequiredService<PipelineQueue>()));
        services.TryAddSingleton(provider => new PipelineRunner(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PipelineCatalog>(),
            provider.GetRequiredService<PipelineQueue>(), provider.GetRequiredService<PipelineClaims>(),
            provider.GetRequiredService<PipelineExecutor>(), provider.GetRequiredService<PipelineOptions>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
