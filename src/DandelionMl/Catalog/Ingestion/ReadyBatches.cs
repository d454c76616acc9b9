using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DandelionMl.Catalog.Ingestion;

internal static class ReadyBatches
{
    /// <summary>Gives items in batches of those that are there, in their order, while the source goes on. A batch is closed when it is full,
    /// the source at its end, or the batch open for a while. When the enumeration ends, by whatever cause, the source is at rest.</summary>
    /// <param name="source">The items.</param>
    /// <param name="maxCount">The most items of a batch, and the most that are taken from the source ahead.</param>
    /// <param name="linger">How long a batch waits for more items; none for zero.</param>
    /// <param name="time">Tells how long.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    public static async IAsyncEnumerable<List<T>> InReadyBatchesAsync<T>(
        this IAsyncEnumerable<T> source,
        int maxCount,
        TimeSpan linger,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var ahead = new ReadAhead<T>(source, maxCount, cancellationToken);
        await using var aheadLifetime = ahead.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (await ahead.Items.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return await TakeAsync(ahead.Items, maxCount, linger > TimeSpan.Zero ? Task.Delay(linger, time, stop.Token) : Task.CompletedTask).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task<List<T>> TakeAsync<T>(ChannelReader<T> ready, int maxCount, Task closing)
    {
        var batch = new List<T>();
        while (true)
        {
            while (batch.Count < maxCount && ready.TryRead(out var item))
            {
                batch.Add(item);
            }

            if (batch.Count == maxCount || closing.IsCompleted)
            {
                return batch;
            }

            var more = ready.WaitToReadAsync().AsTask();
            if (await Task.WhenAny(more, closing).ConfigureAwait(false) == closing || !more.IsCompletedSuccessfully || !await more.ConfigureAwait(false))
            {
                return batch;
            }
        }
    }
}
