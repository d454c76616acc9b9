using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Reads a source while what it gave before is still worked on. When it is disposed, the source is at rest.</summary>
internal sealed class ReadAhead<T> : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Channel<T> _items;
    private readonly Task _reading;

    /// <param name="source">The items.</param>
    /// <param name="maxAhead">The most items that are kept, besides one that waits for its place.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public ReadAhead(IAsyncEnumerable<T> source, int maxAhead, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _items = Channel.CreateBounded<T>(maxAhead);
        _reading = Task.Run(() => CopyAsync(source, _items.Writer, _stop.Token), CancellationToken.None);
    }

    /// <summary>The items, and what the source threw at their end.</summary>
    public ChannelReader<T> Items => _items.Reader;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static async Task CopyAsync(IAsyncEnumerable<T> source, ChannelWriter<T> items, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in source.WithCancellation(cancellationToken))
            {
                await items.WriteAsync(item, cancellationToken).ConfigureAwait(false);
            }

            items.Complete();
        }
        catch (Exception exception)
        {
            // Thrown to whoever reads.
            items.Complete(exception);
        }
    }
}

internal static class ReadAheadExtensions
{
    /// <summary>Lets a source go on while what it gave before is worked on.</summary>
    /// <param name="source">The items.</param>
    /// <param name="maxAhead">The most items that are kept, besides one that waits for its place.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    public static async IAsyncEnumerable<T> ReadAheadAsync<T>(
        this IAsyncEnumerable<T> source, int maxAhead, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var ahead = new ReadAhead<T>(source, maxAhead, cancellationToken);
        await using var aheadLifetime = ahead.ConfigureAwait(false);
        await foreach (var item in ahead.Items.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }
}
