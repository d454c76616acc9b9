using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Catalog;

/// <summary>Brings an image's object to the key that its state and label ask for. The row is changed first, wherever that is decided;
/// a move that was cut off is finished by the next call, or by the reconciler.</summary>
/// <remarks>Objects are copied to, and deleted from, a key only while the image's row is locked, and deleted only if the row points
/// elsewhere: however moves there and back overlap, the row always points to an object that is there.</remarks>
internal sealed class ImageRelocator
{
    // Takes the row's lock on PostgreSQL; on SQLite a write transaction has the whole file's.
    private const string LockSql = "UPDATE plants_data SET updated_at = updated_at WHERE id = @id";

    private const string MoveSql =
        "UPDATE plants_data SET storage_key = @key, url_s3 = @url WHERE id = @id OR (state = @duplicate AND sha256 = @sha256)";

    private readonly Database _database;
    private readonly IImageStore _store;

    public ImageRelocator(Database database, IImageStore store)
    {
        _database = database;
        _store = store;
    }

    /// <summary>The key that an image's object belongs under; null where any will do.</summary>
    public static string? Destination(CatalogImage image)
    {
        if (image.Content is not { } content)
        {
            return null;
        }

        var format = StorageKeys.FormatOf(content.Key);
        return image.State switch
        {
            ImageState.Pending => StorageKeys.Pending(content.Sha256, format),
            ImageState.Validated => StorageKeys.Corrected(image.Label, content.Sha256, format),
            ImageState.Rejected => StorageKeys.Rejected(content.Sha256, format),
            ImageState.Stored => StorageKeys.Raw(image.Label, content.Sha256, format),
            _ => null,
        };
    }

    /// <returns>Whether the object was moved; false if it was in its place.</returns>
    /// <exception cref="ObjectNotFoundException">The object is gone; the row stays as it is.</exception>
    public async Task<bool> RelocateAsync(long id, CancellationToken cancellationToken)
    {
        var oldKey = await _database.WriteIdempotentAsync(session => MoveAsync(session, id, cancellationToken), cancellationToken);
        if (oldKey is null)
        {
            return false;
        }

        await DeleteUnreferencedAsync(id, oldKey, cancellationToken);
        return true;
    }

    /// <summary>Deletes an object that an image had, unless the image has it again.</summary>
    public Task DeleteUnreferencedAsync(long id, string key, CancellationToken cancellationToken) =>
        _database.WriteIdempotentAsync(session => DeleteAsync(session, id, key, cancellationToken), cancellationToken);

    /// <returns>The key that the object was under; null if it was in its place.</returns>
    private async Task<string?> MoveAsync(DatabaseSession session, long id, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(LockSql, new { id });
        if (await ImageRows.FindAsync(session, id) is not { Content: { } content } image
            || Destination(image) is not { } key || key == content.Key)
        {
            return null;
        }

        await _store.CopyAsync(content.Key, key, cancellationToken);
        await session.ExecuteAsync(
            MoveSql, new { id, key, url = _store.GetUri(key).AbsoluteUri, sha256 = content.Sha256, duplicate = ImageStateText.Duplicate });
        return content.Key;
    }

    private async Task<bool> DeleteAsync(DatabaseSession session, long id, string key, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(LockSql, new { id });
        return (await ImageRows.FindAsync(session, id))?.Content?.Key != key && await _store.DeleteAsync(key, cancellationToken);
    }
}
