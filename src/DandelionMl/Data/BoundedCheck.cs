namespace DandelionMl.Data;

/// <summary>Asks whether a server answers, without waiting long for it: it may be frozen, or the network swallow what is sent, so that a call
/// neither succeeds nor fails. One question is on its way at a time, whoever asks; what was found holds for a second. Thread-safe.</summary>
/// <param name="what">The server as messages name it.</param>
/// <param name="ask">Asks it; an error says why it can't be used.</param>
/// <param name="time">The clock.</param>
internal sealed class BoundedCheck(string what, Func<CancellationToken, Task> ask, TimeProvider time)
{
    /// <summary>The longest that anybody waits who names no limit.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task? _asked;
    private long _askedAt;

    /// <summary>Waits for the answer, half a second at most.</summary>
    /// <exception cref="DatabaseException">There is none in time; or what asking raises.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) => CheckAsync(Limit, cancellationToken);

    /// <summary>Waits for the answer.</summary>
    /// <param name="limit">The longest to wait.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">There is none in time; or what asking raises.</exception>
    public async Task CheckAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var (asked, age) = Ask();
        var left = limit - age;
        try
        {
            // Another's question may be older than the limit: its answer is not waited for.
            if (!asked.IsCompleted && left <= TimeSpan.Zero)
            {
                throw new TimeoutException();
            }

            await asked.WaitAsync(left > TimeSpan.Zero ? left : Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new DatabaseException(
                DatabaseFailure.Unavailable, $"{what} did not answer within {limit.TotalSeconds} seconds.", exception);
        }
    }

    /// <summary>Whether it answers, in half a second at most.</summary>
    public async ValueTask<bool> IsAnsweringAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DandelionMlException)
        {
            return false;
        }
    }

    private (Task Asked, TimeSpan Age) Ask()
    {
        lock (_lock)
        {
            if (_asked is null || (_asked.IsCompleted && time.GetElapsedTime(_askedAt) >= Fresh))
            {
                _askedAt = time.GetTimestamp();

                // Not cancelled with who asked first: others wait for the same answer.
                _asked = Task.Run(() => ask(CancellationToken.None), CancellationToken.None);
            }

            return (_asked, time.GetElapsedTime(_askedAt));
        }
    }
}
