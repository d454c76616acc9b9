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
}
