using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

internal static class OrderedParallel
{
    /// <summary>Works on some items at a time and gives the results in the order of the items. When the enumeration ends, by whatever
    /// cause, no work is left running.</summary>
    /// <param name="source">The items.</param>
    /// <param name="maxConcurrency">The most items that are worked on at a time.</param>
    /// <param name="maxAhead">The most items begun whose results are not yet given. More than are worked on lets the work go on behind an item
    /// that takes long.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Cancels the enumeration, and the work.</param>
    public static async IAsyncEnumerable<TResult> SelectInOrderAsync<TSource, TResult>(
        this IAsyncEnumerable<TSource> source,
        int maxConcurrency,
        int maxAhead,
        Func<TSource, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var begun = new Queue<Task<TResult>>();
        try
        {
            await foreach (var item in source.WithCancellation(stop.Token))
            {
                begun.Enqueue(Task.Run(() => work(item, stop.Token), stop.Token));
                await WhenOneMoreMayBeginAsync(begun, maxConcurrency).ConfigureAwait(false);
                while (begun.TryPeek(out var oldest) && (oldest.IsCompleted || begun.Count == maxAhead))
                {
                    yield return await begun.Dequeue().ConfigureAwait(false);
                }
            }

            while (begun.TryDequeue(out var next))
            {
                yield return await next.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(begun)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WhenOneMoreMayBeginAsync<TResult>(IEnumerable<Task<TResult>> begun, int maxConcurrency)
    {
        while (begun.Where(task => !task.IsCompleted).ToList() is var running && running.Count >= maxConcurrency)
        {
            await Task.WhenAny(running).ConfigureAwait(false);
        }
    }
}
