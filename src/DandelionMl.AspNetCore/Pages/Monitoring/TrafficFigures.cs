using DandelionMl.AspNetCore.Traffic;

namespace DandelionMl.AspNetCore.Pages.Monitoring;

/// <summary>The requests of the last day in this process, by the hour, and their figures.</summary>
public sealed class TrafficFigures
{
    private readonly IReadOnlyList<RequestHour> _hours;

    internal TrafficFigures(IReadOnlyList<RequestHour> hours) => _hours = hours;

    /// <summary>When the first hour began, UTC.</summary>
    public DateTimeOffset From => _hours[0].At;

    /// <summary>All requests.</summary>
    public long Requests => _hours.Sum(hour => hour.Predictions + hour.Others);

    /// <summary>Those with photos to classify.</summary>
    public long Predictions => _hours.Sum(hour => hour.Predictions);

    /// <summary>Those that were answered with an error of the server.</summary>
    public long Errors => _hours.Sum(hour => hour.Errors);

    /// <summary>Those that were turned away.</summary>
    public long Refusals => _hours.Sum(hour => hour.Refusals);

    /// <summary>The requests of the busiest hour.</summary>
    public long Most => _hours.Max(hour => hour.Predictions + hour.Others);

    /// <summary>The time within which half of the predictions were answered; null without any.</summary>
    public TimeSpan? Median => RequestHour.Quantile(_hours, 0.5);

    /// <summary>The time within which 99 of 100 predictions were answered; null without any.</summary>
    public TimeSpan? P99 => RequestHour.Quantile(_hours, 0.99);

    /// <summary>The requests of each hour: those with photos to classify, and on them the others.</summary>
    internal IEnumerable<HourBar> Counts() => _hours.SelectMany(hour => (HourBar[])
        [new(hour.At, 0, hour.Predictions), new(hour.At, 1, hour.Others)]);

    /// <summary>The times to answer predictions of each hour that had some, in seconds: the median, and on it what is more of 99 of 100.</summary>
    internal IEnumerable<HourBar> Times() =>
        from hour in _hours
        let median = Seconds(RequestHour.Quantile([hour], 0.5))
        let most = Seconds(RequestHour.Quantile([hour], 0.99))
        from bar in (HourBar[])[new(hour.At, 0, median), new(hour.At, 1, most - median)]
        select bar;

    private static double Seconds(TimeSpan? time) => time is { } known ? Math.Min(known.TotalSeconds, RequestHour.Longest.TotalSeconds) : 0;
}

/// <summary>A part of an hour's bar.</summary>
/// <param name="Hour">When the hour began, UTC.</param>
/// <param name="Series">The series that it belongs to, from below.</param>
/// <param name="Value">How high it is; 0 for none.</param>
public sealed record HourBar(DateTimeOffset Hour, int Series, double Value);
