namespace DandelionMl.Pipelines;

/// <summary>How pipelines are run and scheduled; configuration section <c>DandelionMl:Pipelines</c>.</summary>
public sealed class PipelineOptions
{
    internal const string SectionName = "DandelionMl:Pipelines";

    /// <summary>Whether this process takes up runs, where the application has a worker; on by default.</summary>
    public bool WorkerEnabled { get; set; } = true;

    /// <summary>Whether this process starts runs by schedule, where the application has a scheduler; on by default. Off where something
    /// else is the scheduler, such as cron or a Kubernetes CronJob.</summary>
    public bool SchedulerEnabled { get; set; } = true;

    /// <summary>When pipelines start by themselves: a cron expression of 5 fields under the pipeline's id. Comes before what the pipeline
    /// says itself; empty for never.</summary>
    public IDictionary<string, string> Schedules { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The time zone of the schedules, such as <c>Europe/Berlin</c>; UTC by default.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>How often a worker looks for runs to take up: 1 second by default, 10 milliseconds to 1 minute.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a process gives a sign of life for a run it works on, and sees that it is to be cancelled: 5 seconds by default,
    /// 10 milliseconds to 1 hour.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After what time without a sign of life a run counts as abandoned and is taken over: 30 seconds by default. At least twice
    /// <see cref="HeartbeatInterval"/>. The clocks of the hosts must agree to much less than this; where they don't, steps may run twice,
    /// but are recorded once.</summary>
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromSeconds(30);
}
