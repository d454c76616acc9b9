using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Catalog;

/// <summary>Brings an image's object to the key that its state and label ask for. The row is changed first, wherever that is decided;
/// a move that was cut off is finished by the next call, or by the reconciler.</summary>
/// <remarks>
/// <para>The object is copied outside of any transaction, however long the store takes. Then a transaction that has the row's lock lets
/// the row point to the copy, if the row still asks for it and the copy is still there; else the copy is dropped and the move starts
/// anew.</para>
/// <para>A key is deleted only under that lock too, and only if the row points elsewhere. So, however moves there and back overlap, the
/// row always points to an object that is there: a copy that another move deletes late is missed by the look at it, and one that the
/// row points to is not deleted. Under the lock the store is only asked whether an object is there, or to delete one.</para>
/// </remarks>
internal sealed class ImageRelocator
{
    // A move starts anew only where another one of the same photo comes between.
    private const int MaxAttempts = 100;

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
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var image = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (image?.Content is not { Key: var source } || Destination(image) is not { } destination || destination == source)
            {
                return attempt > 1;
            }

            if (await TryMoveAsync(image, source, destination, cancellationToken).ConfigureAwait(false))
            {
                await DeleteUnreferencedAsync(id, source, cancellationToken).ConfigureAwait(false);
                return true;
            }
        }

        // Whoever changed it last goes on from here.
        return true;
    }

    /// <summary>Deletes an object that an image had, unless the image has it again.</summary>
    public Task DeleteUnreferencedAsync(long id, string key, CancellationToken cancellationToken) => _database.WriteIdempotentAsync(
        async session => (await ImageWriter.FindLockedAsync(session, id).ConfigureAwait(false))?.Content?.Key != key
            && await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false),
        cancellationToken);

    /// <returns>Whether the row points to the copy now; false if another move came between.</returns>
    private async Task<bool> TryMoveAsync(CatalogImage image, string source, string destination, CancellationToken cancellationToken)
    {
        try
        {
            await _store.CopyAsync(source, destination, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectNotFoundException)
        {
            if ((await FindAsync(image.Id, cancellationToken).ConfigureAwait(false))?.Content?.Key == source)
            {
                throw;
            }

            return false;
        }

        if (await _database.WriteIdempotentAsync(session => SwitchAsync(session, image.Id, source, destination, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        await DeleteUnreferencedAsync(image.Id, destination, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async Task<bool> SwitchAsync(
        DatabaseSession session, long id, string source, string destination, CancellationToken cancellationToken)
    {
        if (await ImageWriter.FindLockedAsync(session, id).ConfigureAwait(false) is not { Content: { } content } image || Destination(image) != destination)
        {
            return false;
        }

        // Already there: this work is done twice where the connection breaks during the commit.
        if (content.Key == destination)
        {
            return true;
        }

        if (content.Key != source || !await _store.ExistsAsync(destination, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await ImageWriter.MoveAsync(session, image, destination, _store.GetUri(destination)).ConfigureAwait(false);
        return true;
    }

    private Task<CatalogImage?> FindAsync(long id, CancellationToken cancellationToken) =>
        _database.ReadAsync(session => ImageRows.FindAsync(session, id), cancellationToken);
}
