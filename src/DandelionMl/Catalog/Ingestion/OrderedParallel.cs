using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

internal static class OrderedParallel
{
    /// <summary>Works on some items at a time and gives the results in the order of the items. When the enumeration ends, by whatever
    /// cause, no work is left running.</summary>
    public static async IAsyncEnumerable<TResult> SelectInOrderAsync<TSource, TResult>(
        this IAsyncEnumerable<TSource> source,
        int maxConcurrency,
        Func<TSource, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<Task<TResult>>();
        try
        {
            await foreach (var item in source.WithCancellation(stop.Token))
            {
                running.Enqueue(Task.Run(() => work(item, stop.Token), stop.Token));
                if (running.Count == maxConcurrency)
                {
                    yield return await running.Dequeue();
                }
            }

            while (running.TryDequeue(out var next))
            {
                yield return await next;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
