namespace DandelionMl.Data;

internal static class Timestamps
{
    /// <summary>Now, in UTC, to the microsecond, which is what every database keeps: a time reads back as it was written.</summary>
    public static DateTimeOffset GetUtcMicroseconds(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
