using Cronos;

namespace DandelionMl.Pipelines;

/// <summary>When pipelines start by themselves. Thread-safe.</summary>
/// <remarks>Where clocks are put forward, a time that the day does not have fires at the moment of the change; where they are put back, a
/// time that the day has twice fires once, and an interval (<c>*/30 * * * *</c>) goes on.</remarks>
internal sealed class PipelineSchedule
{
    private static readonly TimeSpan[] Stretches =
        [TimeSpan.FromHours(2), TimeSpan.FromDays(8), TimeSpan.FromDays(366), TimeSpan.FromDays(100 * 366)];

    private readonly Dictionary<string, CronExpression> _expressions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;

    internal PipelineSchedule(PipelineCatalog pipelines, PipelineOptions options, TimeProvider time)
    {
        _time = time;
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        foreach (var pipeline in options.SchedulerEnabled ? pipelines.All : [])
        {
            if (TextOf(pipeline, options) is { } text)
            {
                _texts[pipeline.Id] = text;
                _expressions[pipeline.Id] = CronExpression.Parse(text);
            }
        }
    }

    /// <summary>The time zone that the expressions are meant in.</summary>
    public TimeZoneInfo TimeZone { get; }

    /// <summary>The cron expressions by pipeline; empty where the scheduler is switched off.</summary>
    public IReadOnlyDictionary<string, string> Expressions => _texts;

    /// <summary>When a pipeline next starts by itself.</summary>
    /// <param name="pipelineId">The pipeline.</param>
    /// <returns>The time, in <see cref="TimeZone"/>; null for never.</returns>
    public DateTimeOffset? GetNextOccurrence(string pipelineId)
    {
        ArgumentNullException.ThrowIfNull(pipelineId);
        return _expressions.GetValueOrDefault(pipelineId)?.GetNextOccurrence(_time.GetUtcNow(), TimeZone);
    }

    /// <summary>The last time, up to now, that was due after another one; of several, those before it are made up for by it.</summary>
    internal DateTimeOffset? FindDue(string pipelineId, DateTimeOffset after, DateTimeOffset now)
    {
        // Forward through growing stretches of the past: going back, Cronos finds other times where clocks were put forward.
        foreach (var stretch in Stretches)
        {
            var from = now - after > stretch ? now - stretch : after;
            if (from < now && LastIn(pipelineId, from, now) is { } last)
            {
                return last;
            }
        }

        return null;
    }

    /// <summary>The expression that counts; null for none.</summary>
    internal static string? TextOf(PipelineDefinition pipeline, PipelineOptions options)
    {
        var text = options.Schedules.TryGetValue(pipeline.Id, out var configured) ? configured : pipeline.Schedule;
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private DateTimeOffset? LastIn(string pipelineId, DateTimeOffset after, DateTimeOffset now)
    {
        DateTimeOffset? last = null;
        foreach (var time in _expressions[pipelineId].GetOccurrences(after, now, TimeZone, fromInclusive: false, toInclusive: true))
        {
            last = time.ToUniversalTime();
        }

        return last;
    }
}
