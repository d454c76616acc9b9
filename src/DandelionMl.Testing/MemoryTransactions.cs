namespace DandelionMl.Testing;

/// <summary>Does one thing at a time on data in memory. Errors come by the task, as those of a store that is elsewhere do.</summary>
internal sealed class MemoryTransactions
{
    private readonly Lock _gate = new();

    /// <param name="work">What to do; it checks everything before it changes anything.</param>
    /// <param name="cancellationToken">Cancels the call; nothing is done then.</param>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            lock (_gate)
            {
                return Task.FromResult(work());
            }
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to whoever awaits the task.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Task.FromException<T>(exception);
        }
    }
}
