namespace DandelionMl.AspNetCore.Traffic;

/// <summary>The requests to this library's API and pages in this process, by the hour, for a day. Thread-safe; of a fixed size.</summary>
internal sealed class RecentRequests(TimeProvider time)
{
    /// <summary>How many hours are kept, the current one included.</summary>
    public const int Hours = 24;

    private readonly Lock _lock = new();
    private readonly RequestHour?[] _ring = new RequestHour?[Hours];

    /// <summary>Counts a request that was answered.</summary>
    /// <param name="isPrediction">Whether it brought photos to classify.</param>
    /// <param name="status">The answer's HTTP status.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Count(bool isPrediction, int status, TimeSpan elapsed)
    {
        var hour = HourOf(time.GetUtcNow());
        lock (_lock)
        {
            var slot = _ring[hour % Hours];
            if (slot?.Hour != hour)
            {
                _ring[hour % Hours] = slot = new RequestHour(hour);
            }

            slot.Count(isPrediction, status, elapsed);
        }
    }

    /// <summary>The hours up to now, the oldest first; one without a request is empty.</summary>
    public IReadOnlyList<RequestHour> List()
    {
        var now = HourOf(time.GetUtcNow());
        lock (_lock)
        {
            return [.. Enumerable.Range(0, Hours).Select(index => now - Hours + 1 + index)
                .Select(hour => _ring[hour % Hours] is { } slot && slot.Hour == hour ? slot.Copy() : new RequestHour(hour))];
        }
    }

    private static long HourOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / 3_600;
}
