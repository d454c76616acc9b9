using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DandelionMl.Pipelines;

/// <summary>The pipeline was not found.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class UnknownPipelineException : DandelionMlException
{
    internal UnknownPipelineException(string pipeline, IReadOnlyList<string> known)
        : base($"There is no pipeline '{pipeline}'. Known pipelines: {string.Join(", ", known)}.") => Pipeline = pipeline;

    /// <summary>The requested id.</summary>
    public string Pipeline { get; }
}

/// <summary>A pipeline can't be started with these parameters.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class InvalidPipelineParametersException : DandelionMlException
{
    internal InvalidPipelineParametersException(string pipeline, string message)
        : base(message) => Pipeline = pipeline;

    /// <summary>The pipeline.</summary>
    public string Pipeline { get; }
}

/// <summary>Another run of the pipeline is active, and a pipeline can have one at a time across all hosts.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineBusyException : DandelionMlException
{
    internal PipelineBusyException(PipelineRun active)
        : base(Describe(active)) =>
        (Pipeline, RunId, State, Since, Owner) = (active.Pipeline, active.Id, active.State, SinceOf(active), OwnerOf(active));

    /// <summary>The pipeline.</summary>
    public string Pipeline { get; }

    /// <summary>The active run.</summary>
    public long RunId { get; }

    /// <summary>Its state: <see cref="PipelineState.Queued"/>, <see cref="PipelineState.Running"/> or
    /// <see cref="PipelineState.Waiting"/>.</summary>
    public PipelineState State { get; }

    /// <summary>Since when it is active.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The host and process it is on, or was last; null while it is queued.</summary>
    public string? Owner { get; }

    private static DateTimeOffset SinceOf(PipelineRun run) => run.StartedAt ?? run.CreatedAt;

    private static string? OwnerOf(PipelineRun run) => run.State == PipelineState.Queued ? null : run.Owner;

    private static string Describe(PipelineRun run)
    {
        var doing = run.State switch
        {
            PipelineState.Queued => $"queued since {Text(run.CreatedAt)}",
            PipelineState.Waiting => $"active since {Text(SinceOf(run))}, last on {run.Owner}, continues at {Text(run.RetryAt!.Value)}",
            _ => $"running since {Text(SinceOf(run))} on {run.Owner}, last heartbeat at {Text(run.HeartbeatAt!.Value)}",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Pipeline '{run.Pipeline}' can have one run at a time: run {run.Id} is {doing}. Wait for it, or cancel it.");
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>The run was not found.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineRunNotFoundException : DandelionMlException
{
    internal PipelineRunNotFoundException(long runId)
        : base(string.Create(CultureInfo.InvariantCulture, $"There is no pipeline run {runId}.")) => RunId = runId;

    /// <summary>The number.</summary>
    public long RunId { get; }
}

/// <summary>The run's state does not allow this.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineRunStateException : DandelionMlException
{
    internal PipelineRunStateException(PipelineRun run, string allowed)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"Run {run.Id} of pipeline '{run.Pipeline}' has the state '{run.State.ToString().ToLowerInvariant()}': {allowed}")) =>
        (RunId, State) = (run.Id, run.State);

    /// <summary>The run.</summary>
    public long RunId { get; }

    /// <summary>The state that it is in.</summary>
    public PipelineState State { get; }
}

/// <summary>Thrown by a step that can't succeed, even when retried. The run fails at once.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineStepFailedException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">The reason, in words.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public PipelineStepFailedException(string message, Exception? innerException = null)
        : base(message, innerException) => Reason = Reason.Said(message);

    internal PipelineStepFailedException(Reason reason, Exception? innerException = null)
        : base(reason.ToString(), innerException) => Reason = reason;

    internal Reason Reason { get; }
}
