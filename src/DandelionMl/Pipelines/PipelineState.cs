using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Pipelines;

/// <summary>What a run, or a step of it, is at.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public enum PipelineState
{
    /// <summary>Not begun: a worker takes it up, or the steps before it are not done.</summary>
    Queued,

    /// <summary>At work on some host.</summary>
    Running,

    /// <summary>Between two attempts: a step failed, or its host was stopped, and it is tried again at a known time.</summary>
    Waiting,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>There was nothing to do: a step said so, with its reason. No failure.</summary>
    Skipped,

    /// <summary>Given up, with its reason. A run can be retried by hand from the step that failed.</summary>
    Failed,

    /// <summary>Ended by a person; of a step also: never begun, since the run had ended before.</summary>
    Cancelled,
}
