using System.Collections.Concurrent;

namespace DandelionMl.Threading;

/// <summary>Work in the order in which it came, on a number of threads of its own. They have a low priority, so that a processor full of
/// decoding and embedding still answers requests at once.</summary>
internal sealed class LowPriorityLane
{
    private readonly BlockingCollection<Action> _works = [];
    private readonly Action? _afterEach;

    /// <param name="name">Of its threads.</param>
    /// <param name="threads">How many works are done at a time.</param>
    /// <param name="afterEach">Done by the thread after each work, before the next.</param>
    public LowPriorityLane(string name, int threads, Action? afterEach = null)
    {
        _afterEach = afterEach;
        for (var index = 0; index < threads; index++)
        {
            new Thread(Run) { IsBackground = true, Name = $"{name} {index + 1}" }.Start();
        }
    }

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var item = new Item<T>(work, cancellationToken);
        _works.Add(item.Run, CancellationToken.None);
        return item.Result;
    }

    private void Run()
    {
        LowPriority.Take();
        foreach (var work in _works.GetConsumingEnumerable())
        {
            work();
            _afterEach?.Invoke();
        }
    }

    /// <summary>Work that is either done or cancelled, never both: what it writes to is its caller's until it has ended.</summary>
    private sealed class Item<T>
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Func<T> _work;
        private readonly CancellationTokenRegistration _cancellation;
        private int _isTaken;

        public Item(Func<T> work, CancellationToken cancellationToken)
        {
            _work = work;
            _cancellation = cancellationToken.UnsafeRegister(
                (_, token) =>
                {
                    if (TryTake())
                    {
                        _result.SetCanceled(token);
                    }
                },
                state: null);
        }

        public Task<T> Result => _result.Task;

        public void Run()
        {
            if (!TryTake())
            {
                return;
            }

            _cancellation.Dispose();
            try
            {
                _result.SetResult(_work());
            }
#pragma warning disable CA1031 // Whatever the work raises belongs to who waits for it; the lane goes on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _result.SetException(exception);
            }
        }

        private bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
    }
}
