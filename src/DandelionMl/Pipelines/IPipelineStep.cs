using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Pipelines;

/// <summary>The work of a step of a pipeline. An instance is made for each attempt, in a scope of its own, with what its constructor asks
/// for from the application's services.</summary>
/// <remarks>Idempotent by contract: an attempt may be cut off at any point, by a crash or a stop of its host, and the step is then begun
/// again, perhaps elsewhere. Done twice, it must leave what it leaves done once.</remarks>
[Experimental(DandelionMlExperiments.Pipelines)]
public interface IPipelineStep
{
    /// <summary>Does the work. An exception fails the attempt; <see cref="PipelineStepFailedException"/> the step, without retries.</summary>
    /// <param name="context">The run. Its <see cref="PipelineContext.CancellationToken"/> must be
    /// heeded: it is cancelled when the run is, when the step's time is over, when the host stops, and when the host no longer owns the
    /// run. A step that ignores it is given up after <see cref="PipelineOptions.StopGracePeriod"/>, and holds its pipeline up until it
    /// returns.</param>
    Task RunAsync(PipelineContext context);
}
