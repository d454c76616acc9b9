namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Bounds how many bytes of photos are in memory at a time. Who finds no room waits, the first who came first. Thread-safe.</summary>
/// <param name="bytes">The most. A photo that is larger is let in alone.</param>
internal sealed class MemoryBudget(long bytes)
{
    private readonly long _bytes = bytes;
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private long _free = bytes;

    /// <summary>Takes room, once there is some.</summary>
    /// <returns>What gives it back.</returns>
    public async Task<IDisposable> TakeAsync(long wanted, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(this, Math.Min(wanted, _bytes));
        lock (_lock)
        {
            _waiting.AddLast(waiter);
            LetIn();
        }

        using var registration = cancellationToken.UnsafeRegister((_, token) => GiveUp(waiter, token), state: null);
        await waiter.Turn.Task.ConfigureAwait(false);
        return waiter;
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting.Remove(waiter))
            {
                waiter.Turn.SetCanceled(cancellationToken);
                LetIn();
            }
        }
    }

    private void Give(long given)
    {
        lock (_lock)
        {
            _free += given;
            LetIn();
        }
    }

    private void LetIn()
    {
        while (_waiting.First is { Value: var next } && next.Bytes <= _free)
        {
            _waiting.RemoveFirst();
            _free -= next.Bytes;
            next.Turn.SetResult();
        }
    }

    private sealed class Waiter(MemoryBudget budget, long bytes) : IDisposable
    {
        private int _isGiven;

        public long Bytes => bytes;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGiven, 1) == 0)
            {
                budget.Give(bytes);
            }
        }
    }
}
