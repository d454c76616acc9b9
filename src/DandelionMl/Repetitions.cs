using System.Collections.Concurrent;

namespace DandelionMl;

/// <summary>Counts what may happen again and again, by what clients do or while a server is away, so that it is logged at once the first time
/// and then once a minute, with how often it came. Thread-safe.</summary>
internal sealed class Repetitions(TimeProvider time)
{
    private const int Most = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Count> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts one more.</summary>
    /// <param name="kind">What it is; of a bounded number of kinds.</param>
    /// <param name="times">How often it came since it was told last, this time included.</param>
    /// <returns>Whether to tell it now.</returns>
    public bool IsToTell(string kind, out int times)
    {
        // Kinds beyond the bound count as one. To count them takes all locks, so only for a new one.
        if (!_counts.TryGetValue(kind, out var count))
        {
            count = _counts.GetOrAdd(_counts.Count < Most ? kind : "", static _ => new Count());
        }

        lock (count)
        {
            count.Times++;
            times = count.Times;
            if (count.ToldAt is { } told && time.GetElapsedTime(told) < Interval)
            {
                return false;
            }

            (count.ToldAt, count.Times) = (time.GetTimestamp(), 0);
            return true;
        }
    }

    /// <summary>What a log gets beside the message: the stack of an error that is not one of this library's, which say all in their
    /// messages.</summary>
    public static Exception? Unexpected(Exception exception) => exception is DandelionMlException ? null : exception;

    private sealed class Count
    {
        public int Times { get; set; }

        public long? ToldAt { get; set; }
    }
}
