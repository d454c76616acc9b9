using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Pipelines;

/// <summary>The state of a run or of one of its steps.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public enum PipelineState
{
    /// <summary>Not started: it waits for a worker, or for the steps before it.</summary>
    Queued,

    /// <summary>Running on a host.</summary>
    Running,

    /// <summary>Between two attempts: a step failed, or its host was stopped, and it is tried again at a known time.</summary>
    Waiting,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>There was nothing to do: a step said so, with its reason. No failure.</summary>
    Skipped,

    /// <summary>Failed, with its reason. A run can be retried by hand from the step that failed.</summary>
    Failed,

    /// <summary>Cancelled by a person; for a step also: not started, because the run ended before it.</summary>
    Cancelled,
}
