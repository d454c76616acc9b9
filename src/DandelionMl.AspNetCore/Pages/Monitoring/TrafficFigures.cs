using DandelionMl.AspNetCore.Traffic;

namespace DandelionMl.AspNetCore.Pages.Monitoring;

/// <summary>The requests of the last day in this process, as stacked bars by the hour, and their figures.</summary>
public sealed class TrafficFigures
{
    /// <summary>Height of the tallest bar, in the chart's own unit.</summary>
    public const int Height = 100;

    /// <summary>Width of an hour.</summary>
    public const int HourWidth = 10;

    private readonly IReadOnlyList<RequestHour> _hours;

    internal TrafficFigures(IReadOnlyList<RequestHour> hours) => _hours = hours;

    /// <summary>Width of the chart.</summary>
    public static int Width => RecentRequests.Hours * HourWidth;

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

    /// <summary>The parts of all bars that are not empty, from below: predictions, then other requests.</summary>
    internal IEnumerable<(RequestHour Hour, int Series, long Count, double X, double Y, double Height)> Parts()
    {
        foreach (var (index, hour) in _hours.Index())
        {
            var below = 0L;
            foreach (var (series, count) in new[] { hour.Predictions, hour.Others }.Index())
            {
                if (count > 0)
                {
                    below += count;
                    yield return (hour, series, count, (index * HourWidth) + 1, Height - (below * (double)Height / Most), count * (double)Height / Most);
                }
            }
        }
    }
}
