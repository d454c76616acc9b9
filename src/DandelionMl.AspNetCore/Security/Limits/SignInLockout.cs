namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Makes guessing passwords slow: after some failures a client waits, twice as long after each further one. Being refused while
/// it waits makes no client wait longer, and no client waits for another one's failures. The clock may be set meanwhile. It counts in this
/// process; see <see cref="SharedLockout"/>. Thread-safe.</summary>
internal sealed class SignInLockout(TimeProvider time)
{
    public const int FreeFailures = 5;

    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    /// <summary>Without a failure for this long, a client starts anew.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private const int SweepFrom = 1_000;

    private readonly Dictionary<string, Record> _records = [];
    private readonly Lock _lock = new();

    /// <summary>Asks to try a password. The try counts as failed until <see cref="Forget"/>, so that many at once gain nothing.</summary>
    /// <returns>How long the client has to wait; null if it may try now.</returns>
    public TimeSpan? Begin(string client)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            Sweep();
            var failures = 0;
            if (_records.TryGetValue(client, out var record) && Passed(record) is var passed && passed < Memory)
            {
                if (passed < record.Delay)
                {
                    return record.Delay - passed;
                }

                failures = record.Failures;
            }

            failures++;
            _records[client] = new Record(failures, now, Delay(failures));
            return null;
        }
    }

    /// <summary>Takes back what <see cref="Begin"/> counted, and all before: the password was right.</summary>
    public void Forget(string client)
    {
        lock (_lock)
        {
            _records.Remove(client);
        }
    }

    /// <summary>Time since the last failure; no less than none, whatever clock the program was given.</summary>
    private TimeSpan Passed(Record record) =>
        time.GetElapsedTime(record.Last) is var passed && passed > TimeSpan.Zero ? passed : TimeSpan.Zero;

    /// <summary>How long to wait after some failures.</summary>
    public static TimeSpan Delay(int failures)
    {
        if (failures < FreeFailures)
        {
            return TimeSpan.Zero;
        }

        var doublings = Math.Min(failures - FreeFailures, 16);
        return TimeSpan.FromTicks(Math.Min(FirstDelay.Ticks << doublings, LongestDelay.Ticks));
    }

    private void Sweep()
    {
        // The limit on all clients' sign-ins bounds how many records an hour can bring.
        if (_records.Count >= SweepFrom)
        {
            foreach (var (client, _) in _records.Where(item => Passed(item.Value) >= Memory).ToList())
            {
                _records.Remove(client);
            }
        }
    }

    private readonly record struct Record(int Failures, long Last, TimeSpan Delay);
}
