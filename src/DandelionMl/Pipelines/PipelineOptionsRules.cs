using System.Globalization;
using Cronos;

namespace DandelionMl.Pipelines;

/// <summary>Checks <see cref="PipelineOptions"/> against the pipelines there are.</summary>
internal sealed class PipelineOptionsRules(PipelineCatalog pipelines)
{
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(36_500);

    /// <summary>What is wrong with the options, each naming its setting; none if they are right.</summary>
    public IEnumerable<string> Failures(PipelineOptions options)
    {
        var ranges = new[]
        {
            Range(nameof(options.PollInterval), options.PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            Range(nameof(options.HeartbeatInterval), options.HeartbeatInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            Range(nameof(options.StopGracePeriod), options.StopGracePeriod, TimeSpan.Zero, TimeSpan.FromHours(1)),
            Range(nameof(options.SweepInterval), options.SweepInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7)),
            Retention(nameof(options.RunRetention), options.RunRetention),
            Retention(nameof(options.LogRetention), options.LogRetention),
        };
        foreach (var failure in ranges.OfType<string>())
        {
            yield return failure;
        }

        if (options.MaxRuns < 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{Key(nameof(options.MaxRuns))} is {options.MaxRuns}; 1 or more, or 0 for all, is accepted.");
        }

        if (options.AbandonedAfter < 2 * options.HeartbeatInterval)
        {
            yield return $"{Key(nameof(options.AbandonedAfter))} is {options.AbandonedAfter}: it must be at least twice "
                + $"{nameof(options.HeartbeatInterval)}, which is {options.HeartbeatInterval}.";
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
        {
            yield return $"{Key(nameof(options.TimeZone))} is '{options.TimeZone}': this machine does not know that time zone. 'UTC' and names "
                + "such as 'Europe/Berlin' are accepted.";
        }

        foreach (var pipeline in options.Schedules.Keys.Where(id => pipelines.Find(id) is null))
        {
            yield return $"{Key(nameof(options.Schedules))}:{pipeline} is '{options.Schedules[pipeline]}', but there is no pipeline "
                + $"'{pipeline}'. Known pipelines: {string.Join(", ", pipelines.All.Select(known => known.Id))}.";
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
            return $"{key} is '{text}', which is not a cron expression of 5 fields (minute, hour, day of month, month, day of week), such as "
                + "'0 0 * * 6' for Saturdays at midnight.";
        }

        return definition.Parameters.FirstOrDefault(parameter => parameter.IsRequired) is { } required
            ? string.Create(CultureInfo.InvariantCulture, $"{key} is '{text}', but the pipeline can't start by itself: it needs parameter '{required.Name}'.")
            : null;
    }

    private static string? Retention(string property, TimeSpan value) =>
        value != TimeSpan.Zero && Range(property, value, TimeSpan.FromMinutes(1), LongestRetention) is { } failure
            ? $"{failure[..^1]}, and 0 for ever."
            : null;

    private static string? Range(string property, TimeSpan value, TimeSpan least, TimeSpan most) => value < least || value > most
        ? string.Create(CultureInfo.InvariantCulture, $"{Key(property)} is {value:c}; {least:c} to {most:c} is accepted.")
        : null;

    private static string Key(string property) => $"{PipelineOptions.SectionName}:{property}";
}
