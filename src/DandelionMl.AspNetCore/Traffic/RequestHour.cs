namespace DandelionMl.AspNetCore.Traffic;

/// <summary>The requests of an hour.</summary>
/// <param name="hour">The hour, counted from the Unix epoch.</param>
internal sealed class RequestHour(long hour)
{
    /// <summary>The upper bounds of the times that are told apart, in seconds.</summary>
    private static readonly double[] Bounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];

    /// <summary>Times above are not told apart.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(Bounds[^1]);

    private readonly long[] _predictionTimes = new long[Bounds.Length + 1];

    /// <summary>The hour, counted from the Unix epoch.</summary>
    public long Hour { get; } = hour;

    /// <summary>When it began, UTC.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(Hour * 3_600);

    /// <summary>Requests with photos to classify.</summary>
    public long Predictions { get; private set; }

    /// <summary>All other requests.</summary>
    public long Others { get; private set; }

    /// <summary>Requests that were answered with an error of the server, those turned away for its load left out.</summary>
    public long Errors { get; private set; }

    /// <summary>Requests that were turned away for the load, or since their sender had asked too often.</summary>
    public long Refusals { get; private set; }

    public void Count(bool isPrediction, int status, TimeSpan elapsed)
    {
        if (isPrediction)
        {
            Predictions++;
        }
        else
        {
            Others++;
        }

        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            Refusals++;
        }
        else if (status >= StatusCodes.Status500InternalServerError)
        {
            Errors++;
        }
        else if (isPrediction)
        {
            var place = Array.FindIndex(Bounds, bound => elapsed.TotalSeconds <= bound);
            _predictionTimes[place < 0 ? Bounds.Length : place]++;
        }
    }

    public RequestHour Copy()
    {
        var copy = new RequestHour(Hour) { Predictions = Predictions, Others = Others, Errors = Errors, Refusals = Refusals };
        _predictionTimes.CopyTo(copy._predictionTimes, 0);
        return copy;
    }

    /// <summary>The time within which a share of the predictions of some hours were answered: the upper bound of those that are told
    /// apart.</summary>
    /// <param name="hours">The hours.</param>
    /// <param name="share">The share, 0 to 1.</param>
    /// <returns>The time; null without a prediction, infinite above 30 s.</returns>
    public static TimeSpan? Quantile(IReadOnlyList<RequestHour> hours, double share)
    {
        var times = Enumerable.Range(0, Bounds.Length + 1).Select(place => hours.Sum(hour => hour._predictionTimes[place])).ToList();
        var (all, below) = (times.Sum(), 0L);
        foreach (var (place, count) in times.Index())
        {
            below += count;
            if (all > 0 && below >= share * all)
            {
                return place < Bounds.Length ? TimeSpan.FromSeconds(Bounds[place]) : TimeSpan.MaxValue;
            }
        }

        return null;
    }
}
