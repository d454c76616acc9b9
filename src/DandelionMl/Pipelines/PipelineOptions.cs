using System.Globalization;
using Cronos;
using DandelionMl.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Pipelines;

/// <summary>How pipelines are run and scheduled; configuration section <c>DandelionMl:Pipelines</c>.</summary>
public sealed class PipelineOptions
{
    internal const string SectionName = $"{DandelionMlOptions.SectionName}:Pipelines";

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

/// <summary>Checks the options at start, against the pipelines there are.</summary>
internal sealed class PipelineOptionsValidator(PipelineCatalog pipelines) : IValidateOptions<DandelionMlOptions>
{
    public ValidateOptionsResult Validate(string? name, DandelionMlOptions options)
    {
        var failures = Failures(options.Pipelines).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Failures(PipelineOptions options)
    {
        if (options.PollInterval < TimeSpan.FromMilliseconds(10) || options.PollInterval > TimeSpan.FromMinutes(1))
        {
            yield return $"{Key(nameof(options.PollInterval))} is {options.PollInterval}; 00:00:00.0100000 to 00:01:00 are taken.";
        }

        if (options.HeartbeatInterval < TimeSpan.FromMilliseconds(10) || options.HeartbeatInterval > TimeSpan.FromHours(1))
        {
            yield return $"{Key(nameof(options.HeartbeatInterval))} is {options.HeartbeatInterval}; 00:00:00.0100000 to 01:00:00 are taken.";
        }

        if (options.AbandonedAfter < 2 * options.HeartbeatInterval)
        {
            yield return $"{Key(nameof(options.AbandonedAfter))} is {options.AbandonedAfter}: it must be at least twice "
                + $"{nameof(options.HeartbeatInterval)}, which is {options.HeartbeatInterval}.";
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
        {
            yield return $"{Key(nameof(options.TimeZone))} is '{options.TimeZone}': this machine knows no such time zone. 'UTC' and names "
                + "such as 'Europe/Berlin' are taken.";
        }

        foreach (var pipeline in options.Schedules.Keys.Where(id => pipelines.Find(id) is null))
        {
            yield return $"{Key(nameof(options.Schedules))}:{pipeline} is '{options.Schedules[pipeline]}', but there is no pipeline "
                + $"'{pipeline}'. There are: {string.Join(", ", pipelines.All.Select(known => known.Id))}.";
        }

        foreach (var definition in pipelines.All)
        {
            if (ScheduleFailure(definition, options) is { } failure)
            {
                yield return failure;
            }
        }
    }

    private static string? ScheduleFailure(PipelineDefinition definition, PipelineOptions options)
    {
        if (PipelineSchedule.TextOf(definition, options) is not { } text)
        {
            return null;
        }

        var key = options.Schedules.ContainsKey(definition.Id)
            ? $"{Key(nameof(options.Schedules))}:{definition.Id}"
            : $"The {nameof(definition.Schedule)} of pipeline '{definition.Id}'";
        if (!CronExpression.TryParse(text, CronFormat.Standard, out _))
        {
            return $"{key} is '{text}', which is no cron expression of 5 fields (minute, hour, day of month, month, day of week), such as "
                + "'0 0 * * 6' for Saturdays at midnight.";
        }

        return definition.Parameters.FirstOrDefault(parameter => parameter.IsRequired) is { } required
            ? string.Create(CultureInfo.InvariantCulture, $"{key} is '{text}', but the pipeline can't start by itself: it needs parameter '{required.Name}'.")
            : null;
    }

    private static string Key(string property) => $"{PipelineOptions.SectionName}:{property}";
}
