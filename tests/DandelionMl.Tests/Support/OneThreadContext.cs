using System.Collections.Concurrent;

namespace DandelionMl.Tests.Support;

/// <summary>A synchronisation context with one thread, as a window has.</summary>
internal sealed class OneThreadContext : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    /// <summary>The thread of the last <see cref="Run"/>.</summary>
    public int ThreadId { get; private set; }

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

    /// <summary>Runs work on a thread of its own, with everything that is posted to it, until the work is done.</summary>
    /// <exception cref="TimeoutException">It is not done after 30 seconds, so it waits for itself.</exception>
    public T Run<T>(Func<Task<T>> work)
    {
        Task<T>? running = null;
        var thread = new Thread(() =>
        {
            ThreadId = Environment.CurrentManagedThreadId;
            SetSynchronizationContext(this);
            running = work();
            running.ContinueWith(_ => _posted.CompleteAdding(), TaskScheduler.Default);
            foreach (var (callback, state) in _posted.GetConsumingEnumerable())
            {
                callback(state);
            }
        }) { IsBackground = true };
        thread.Start();
        return thread.Join(TimeSpan.FromSeconds(30)) ? running!.GetAwaiter().GetResult() : throw new TimeoutException("The work waits for itself.");
    }
}
