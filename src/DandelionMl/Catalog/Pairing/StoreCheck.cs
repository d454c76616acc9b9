using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Catalog.Pairing;

/// <summary>Tells whether the store answers, and belongs to the database, for health checks and for requests that should not wait for it.
/// Thread-safe.</summary>
internal sealed class StoreCheck(IImageStore store, StorePairing pairing, TimeProvider time)
{
    private const string AnyKey = "readyz";

    private readonly BoundedCheck _check = new(
        "The image store",
        async token =>
        {
            await pairing.CheckAsync(token).ConfigureAwait(false);

            // Whether there is such an object does not matter; that the store can tell does.
            await store.ExistsAsync(AnyKey, token).ConfigureAwait(false);
            (store as IWriteCheck)?.CheckWritable();
        },
        time);

    /// <summary>Asks the store; once, without retries.</summary>
    /// <exception cref="DatabaseException">It does not answer within half a second, or does not belong to the database.</exception>
    /// <exception cref="StorageUnavailableException">It can't be used; the message says why.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) => _check.CheckAsync(cancellationToken);

    /// <summary>Asks the store; once, without retries.</summary>
    /// <param name="limit">The longest to wait.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">It does not belong to the database, or that does not answer.</exception>
    /// <exception cref="StorageUnavailableException">It does not answer in time, or can't be used; the message says why.</exception>
    public async Task CheckAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _check.CheckAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException exception) when (exception.InnerException is TimeoutException)
        {
            throw new StorageUnavailableException(exception.Message, exception);
        }
    }
}
