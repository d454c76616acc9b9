namespace DandelionMl.Pipelines;

/// <summary>A pipeline as pages and programs see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="Steps">Its steps, in order.</param>
/// <param name="Parameters">What it can be started with.</param>
/// <param name="Schedule">Its cron expression; null if it has none or the scheduler is off.</param>
/// <param name="NextRunAt">When it is next due, in the schedule's time zone.</param>
/// <param name="LastRun">Its newest run.</param>
public sealed record PipelineInfo(
    string Id,
    string Description,
    IReadOnlyList<PipelineStepInfo> Steps,
    IReadOnlyList<PipelineParameter> Parameters,
    string? Schedule,
    DateTimeOffset? NextRunAt,
    PipelineRun? LastRun);

/// <summary>A step of a pipeline.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Retries">How often it is tried again after a failure.</param>
/// <param name="RetryDelay">How long after the failure.</param>
public sealed record PipelineStepInfo(string Name, int Retries, TimeSpan RetryDelay);

/// <summary>A page of runs, the newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">What to ask for as <c>before</c> for the next page; null on the last.</param>
public sealed record PipelineRunPage(IReadOnlyList<PipelineRun> Runs, long? Next);
