using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Pipelines;

/// <summary>The work of a step of a pipeline. An instance is made for each attempt, in a scope of its own, with what its constructor asks
/// for from the application's services.</summary>
/// <remarks>A step must be idempotent: an attempt can be interrupted at any point, by a crash or a stop of its host, and is then
/// started again, possibly on another host. Running it twice must have the same result as running it once.</remarks>
[Experimental(DandelionMlExperiments.Pipelines)]
public interface IPipelineStep
{
    /// <summary>Does the work. An exception fails the attempt; <see cref="PipelineStepFailedException"/> the step, without retries.</summary>
    /// <param name="context">The run. Its <see cref="PipelineContext.CancellationToken"/> must be observed: it
    /// is cancelled when the run is, when the step's time is over, when the host stops, and when the host no longer owns the
    /// run. A step that ignores it is abandoned after <see cref="PipelineOptions.StopGracePeriod"/>, and holds its pipeline up until it
    /// returns.</param>
    Task RunAsync(PipelineContext context);
}
