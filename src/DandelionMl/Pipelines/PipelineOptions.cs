namespace DandelionMl.Pipelines;

/// <summary>How pipelines are run and scheduled; configuration section <c>DandelionMl:Pipelines</c>.</summary>
public sealed class PipelineOptions
{
    internal const string SectionName = "DandelionMl:Pipelines";

    /// <summary>Whether this process executes runs, where the application has a worker; on by default.</summary>
    public bool WorkerEnabled { get; set; } = true;

    /// <summary>Whether this process starts runs by schedule, where the application has a scheduler; on by default. Off where something
    /// else is the scheduler, such as cron or a Kubernetes CronJob.</summary>
    public bool SchedulerEnabled { get; set; } = true;

    /// <summary>When pipelines start by themselves: a cron expression of 5 fields under the pipeline's id. Comes before what the pipeline
    /// says itself; empty for never.</summary>
    public IDictionary<string, string> Schedules { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The time zone of the schedules, such as <c>Europe/Berlin</c>; UTC by default.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>How often a worker looks for runs to execute: 1 second by default, 10 milliseconds to 1 minute.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a process writes the heartbeat of a run it works on, and checks whether it is to be cancelled: 5
    /// seconds by default, 10 milliseconds to 1 hour.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The time without a heartbeat after which a run counts as abandoned and is taken over: 30 seconds by default. At
    /// least twice <see cref="HeartbeatInterval"/>. The clocks of the hosts must agree to much less than this; where they don't,
    /// steps may run twice, but are recorded once.</summary>
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a step may keep running after it was told to stop, by a cancellation or its time-out, before it is
    /// abandoned: 30 seconds by default, 0 to 1 hour. See <see cref="PipelineRuns.CancelAsync"/> for what happens then.</summary>
    public TimeSpan StopGracePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a run is kept after it has ended: 365 days by default, 1 minute to 36,500 days; 0 for ever. Kept in any case are a
    /// pipeline's newest run, runs that have not ended, and runs that a kept run was started by.</summary>
    public TimeSpan RunRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How many runs of a pipeline are kept, the newest: 1,000 by default; 0 for all that <see cref="RunRetention"/> keeps. A run is
    /// deleted when either limit says so.</summary>
    public int MaxRuns { get; set; } = 1_000;

    /// <summary>How long the log of a run is kept after that has ended: 90 days by default, 1 minute to 36,500 days; 0 for as long as the run.
    /// The log of a pipeline's newest run is kept in any case.</summary>
    public TimeSpan LogRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often a worker deletes the runs and logs that are no longer kept: every hour by default, 1 minute to 7 days. Of several
    /// workers, one does.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(1);
}
