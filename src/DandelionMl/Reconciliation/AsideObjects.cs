using System.Globalization;
using DandelionMl.Storage;

namespace DandelionMl.Reconciliation;

/// <summary>Objects that were moved aside: <c>aside/{yyyy-MM-dd}/{key}</c>, by the day of the move, UTC.</summary>
internal sealed class AsideObjects
{
    private readonly IImageStore _store;
    private readonly Dictionary<string, string> _byKey;

    private AsideObjects(IImageStore store, Dictionary<string, string> byKey, List<string> expired) =>
        (_store, _byKey, Expired) = (store, byKey, expired);

    /// <summary>Those that were moved before a moment.</summary>
    public List<string> Expired { get; }

    public static async Task<AsideObjects> ListAsync(IImageStore store, DateTimeOffset expiry, CancellationToken cancellationToken)
    {
        var (byKey, expired) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>());
        await foreach (var item in store.ListAsync(StorageKeys.AsidePrefix, cancellationToken).ConfigureAwait(false))
        {
            if (StorageKeys.OriginOfAside(item.Key) is not { } original)
            {
                continue;
            }

            // In the order of the days: the last that was moved stands.
            byKey[original] = item.Key;
            if (item.LastModified <= expiry)
            {
                expired.Add(item.Key);
            }
        }

        return new AsideObjects(store, byKey, expired);
    }

    public bool Has(string key) => _byKey.ContainsKey(key);

    /// <summary>Moves an object aside; no error if it is gone.</summary>
    public async Task MoveAsync(string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await _store.CopyAsync(
                key, string.Create(CultureInfo.InvariantCulture, $"{StorageKeys.AsidePrefix}{now.UtcDateTime:yyyy-MM-dd}/{key}"), cancellationToken)
                .ConfigureAwait(false);
            await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectNotFoundException)
        {
            // Another reconciler was first.
        }
    }

    public async Task PutBackAsync(string key, CancellationToken cancellationToken)
    {
        await _store.CopyAsync(_byKey[key], key, cancellationToken).ConfigureAwait(false);
        await _store.DeleteAsync(_byKey[key], cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        foreach (var key in Expired)
        {
            await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }
}
