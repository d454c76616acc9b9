using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace DandelionMl.Pipelines;

/// <summary>One run of a pipeline, as it was when it was read.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineRun
{
    /// <summary>Its number, counted over all pipelines.</summary>
    public required long Id { get; init; }

    /// <summary>The pipeline's id.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Its state.</summary>
    public required PipelineState State { get; init; }

    /// <summary>1, and one more with each retry by hand.</summary>
    public required int Attempt { get; init; }

    /// <summary>What it was started with.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a host first started it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When a waiting run continues.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Why it failed, was skipped or cancelled, in words.</summary>
    public string? Reason { get; init; }

    /// <summary>The same, as a page tells it in its reader's language.</summary>
    internal Reason? Cause { get; init; }

    /// <summary>The host and process that works, or last worked, on it.</summary>
    public string? Owner { get; init; }

    /// <summary>When that process last sent a heartbeat.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }

    /// <summary>Who asked to cancel it; its process stops within a heartbeat.</summary>
    public string? CancelRequestedBy { get; init; }

    /// <summary>The key that it was started with, and that the same start finds it by; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The group that it was started in: the next run that starts in it cancels this one. Null for none.</summary>
    public string? Group { get; init; }

    /// <summary>When it is cancelled unless whoever started it renews its lease, see <see cref="PipelineRuns.RenewAsync"/>; null for a run
    /// without one.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Its steps, in order. Those that it was started without are <see cref="PipelineState.Skipped"/>.</summary>
    public required IReadOnlyList<PipelineStepRun> Steps { get; init; }

    /// <summary>What started it: the first, and those that came while it was queued and joined it; retries by hand, too.</summary>
    public required IReadOnlyList<PipelineTrigger> Triggers { get; init; }

    /// <summary>How long a renewal of its lease lasts; null for a run without one.</summary>
    internal TimeSpan? Lease { get; init; }

    /// <summary>Whether it has ended and nothing but a retry by hand can change it.</summary>
    public bool IsOver => State is PipelineState.Succeeded or PipelineState.Skipped or PipelineState.Failed or PipelineState.Cancelled;

    /// <summary>Whether it succeeded, or was skipped because there was nothing to do.</summary>
    public bool IsSuccess => State is PipelineState.Succeeded or PipelineState.Skipped;
}

/// <summary>A step of a run.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineStepRun
{
    /// <summary>Its name, unique in its pipeline.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required PipelineState State { get; init; }

    /// <summary>How often it was started.</summary>
    public int Attempt { get; init; }

    /// <summary>How many automatic retries are left.</summary>
    public int AttemptsLeft { get; init; }

    /// <summary>When its last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last attempt ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When a waiting step is tried again.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Why its last attempt failed, or it was skipped or cancelled.</summary>
    public string? Reason { get; init; }

    /// <summary>The same, as a page tells it in its reader's language.</summary>
    internal Reason? Cause { get; init; }

    /// <summary>Its output for later steps and for people.</summary>
    public required JsonObject Output { get; init; }

    /// <summary>Whether its run was started without it.</summary>
    internal bool IsLeftOut => State == PipelineState.Skipped && Attempt == 0;
}

/// <summary>What started a run.</summary>
/// <param name="Kind">The kind of trigger.</param>
/// <param name="At">When.</param>
/// <param name="StartedBy">Who asked for it, if a person or program did.</param>
/// <param name="ScheduledFor">The scheduled time, if the schedule started it.</param>
/// <param name="SourceRunId">The run whose step triggered it.</param>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineTrigger(
    PipelineTriggerKind Kind, DateTimeOffset At, string? StartedBy = null, DateTimeOffset? ScheduledFor = null, long? SourceRunId = null)
{
    /// <summary>The span that it happened in, as a header <c>traceparent</c> of W3C Trace Context; null where none was made.</summary>
    internal string? TraceParent { get; init; }
}

/// <summary>What can start a run.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public enum PipelineTriggerKind
{
    /// <summary>A person or program.</summary>
    Manual,

    /// <summary>The schedule.</summary>
    Schedule,

    /// <summary>A step of another pipeline's run.</summary>
    Pipeline,

    /// <summary>A person or program that resumed a failed or cancelled run.</summary>
    Retry,
}
