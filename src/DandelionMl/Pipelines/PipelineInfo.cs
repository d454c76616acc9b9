using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.Pipelines;

/// <summary>A pipeline with its schedule and newest run.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineInfo
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What it does, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Its steps, in order.</summary>
    public required IReadOnlyList<PipelineStepInfo> Steps { get; init; }

    /// <summary>What it can be started with.</summary>
    public required IReadOnlyList<PipelineParameter> Parameters { get; init; }

    /// <summary>Its cron expression; null if it has none or the scheduler is off.</summary>
    public string? Schedule { get; init; }

    /// <summary>When it is next due, in the schedule's time zone.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>Its newest run.</summary>
    public PipelineRun? LastRun { get; init; }

    /// <summary>The cancelled or timed-out run with a step that ignores its cancellation and still runs: no run of the pipeline is
    /// executed until that step or its host ends. Usually null.</summary>
    public long? HeldByRun { get; init; }
}

/// <summary>A step of a pipeline.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineStepInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How often it is tried again after a failure.</summary>
    public required int Retries { get; init; }

    /// <summary>How long after its first failure; each further one doubles it.</summary>
    public required TimeSpan RetryDelay { get; init; }

    /// <summary>The longest that the delay grows to.</summary>
    public required TimeSpan MaxRetryDelay { get; init; }

    /// <summary>How long an attempt may take; null for any time.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>A page of runs, the newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">What to ask for as <c>before</c> for the next page; null on the last.</param>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineRunPage(IReadOnlyList<PipelineRun> Runs, long? Next);
