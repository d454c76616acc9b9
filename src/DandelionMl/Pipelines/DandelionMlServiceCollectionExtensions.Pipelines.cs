using DandelionMl;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Scheduling;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

// Found where AddDandelionMl is found.
namespace Microsoft.Extensions.DependencyInjection;

// Pipelines: which there are, and whether this application works on them.
public static partial class DandelionMlServiceCollectionExtensions
{
    /// <summary>Executes pipelines' runs, and starts them by schedule, while the application runs. Every replica can do so: a run is
    /// executed by one at a time, and a scheduled time starts one run. See <see cref="PipelineOptions"/> for the switches.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    public static DandelionMlBuilder AddPipelineWorker(this DandelionMlBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PipelineWorker>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PipelineScheduler>());
        return builder;
    }

    /// <summary>Adds a pipeline to the application, or replaces the library's one with the same id.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="pipeline">The pipeline.</param>
    public static DandelionMlBuilder AddPipeline(this DandelionMlBuilder builder, PipelineDefinition pipeline)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(pipeline);
        builder.Services.AddSingleton(pipeline);
        return builder;
    }
}
