using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Catalog.Pairing;

/// <summary>The addresses of photos after their folder was moved or renamed: the database's <c>url_s3</c> names the place where it was.</summary>
internal static class MovedFolder
{
    /// <summary>Sets the addresses right, where the store is a folder and they name another one.</summary>
    public static async Task FollowAsync(Database database, IImageStore store, CancellationToken cancellationToken)
    {
        if (!store.GetUri(StorePairing.Key).IsFile || await OneAsync(database, cancellationToken).ConfigureAwait(false) is not var (key, known))
        {
            return;
        }

        // What follows the folder's own address is the same in both.
        var root = store.GetUri(StorePairing.Key).AbsoluteUri[..^StorePairing.Key.Length];
        var now = store.GetUri(key).AbsoluteUri;
        if (now != known && known.EndsWith(now[root.Length..], StringComparison.Ordinal))
        {
            var old = known[..^(now.Length - root.Length)];
            await database.WriteIdempotentAsync(
                session => ImageWriter.FollowAsync(session, old, root), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The newest photo: an older one may have been left at another place by an earlier move.</summary>
    private static async Task<(string Key, string Url)?> OneAsync(Database database, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            session => session.QueryAsync(
                "SELECT storage_key, url_s3 FROM plants_data WHERE storage_key IS NOT NULL AND url_s3 IS NOT NULL ORDER BY id DESC LIMIT 1",
                [],
                row => (row.GetFieldValue<string>(0), row.GetFieldValue<string>(1))),
            cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }
}
