using System.Globalization;
using Cronos;

namespace DandelionMl.Pipelines;

/// <summary>Checks <see cref="PipelineOptions"/> against the pipelines there are.</summary>
internal sealed class PipelineOptionsRules(PipelineCatalog pipelines)
{
    /// <summary>What is wrong with the options, each naming its setting; none if they are right.</summary>
    public IEnumerable<string> Failures(PipelineOptions options)
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
