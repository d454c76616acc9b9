using System.Runtime.CompilerServices;
using DandelionMl.Storage;

namespace DandelionMl.Catalog.Pairing;

/// <summary>The store that the library's own parts use: one that belongs to the database, or none. See <see cref="StorePairing"/>.</summary>
internal sealed class PairedImageStore(IImageStore store, StorePairing pairing, StoreTelemetry? telemetry = null)
    : IImageStore, ILeftovers, IFreeSpace
{
    private readonly StoreTelemetry _telemetry = telemetry ?? new StoreTelemetry();

    /// <inheritdoc/>
    public long? FreeBytes => (store as IFreeSpace)?.FreeBytes;

    /// <inheritdoc/>
    public async Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        await pairing.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await _telemetry.MeasureAsync("put", async () =>
        {
            await store.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        await pairing.CheckAsync(cancellationToken).ConfigureAwait(false);
        return await _telemetry.MeasureAsync("open", () => store.OpenReadAsync(key, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default)
    {
        await pairing.CheckAsync(cancellationToken).ConfigureAwait(false);
        return await _telemetry.MeasureAsync("exists", () => store.ExistsAsync(key, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        await pairing.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await _telemetry.MeasureAsync("delete", () => store.DeleteAsync(key, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default)
    {
        await pairing.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await _telemetry.MeasureAsync("copy", async () =>
        {
            await store.CopyAsync(sourceKey, destinationKey, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await pairing.CheckAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var item in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    /// <inheritdoc/>
    public Uri GetUri(string key) => store.GetUri(key);

    /// <inheritdoc/>
    public IAsyncEnumerable<Leftover> FindLeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken = default) =>
        store is ILeftovers leftovers ? leftovers.FindLeftoversAsync(before, cancellationToken) : AsyncEnumerable.Empty<Leftover>();

    /// <inheritdoc/>
    public async Task RemoveLeftoverAsync(Leftover leftover, CancellationToken cancellationToken = default)
    {
        await pairing.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await ((ILeftovers)store).RemoveLeftoverAsync(leftover, cancellationToken).ConfigureAwait(false);
    }
}
