using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Drift.Watching;
using DandelionMl.Embeddings;
using DandelionMl.Storage;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

/// <summary>Erases photos for good: for their owners, who may take their consent back, and for those who run the system, as the law or
/// decency demands. Thread-safe; several processes may share the work.</summary>
/// <remarks>
/// <para>The bytes are deleted, also those that were moved aside, with the embeddings, the sender's name for the photo, and what people wrote
/// about it, and what this process has in memory of them; another process drops that when it ends. What stays is a row with the hash of the
/// bytes, so that neither an upload nor an ingestion of the same bytes brings the photo back, and who erased it, when and why.</para>
/// <para>Models that were trained on the photo keep what they learned, and its hash in their lineage; the next training is without it. What
/// backups and a bucket's old versions hold is theirs to delete.</para>
/// <para>An erasure is final once its transaction is committed. The object is deleted after that; where the store can't be reached, or the
/// process ends, it is deleted by the same erasure done again, the next one, or a reconciliation.</para>
/// </remarks>
internal sealed class PhotoEraser
{
    private const string Owner = "sender";

    private readonly Database _database;
    private readonly IImageStore _store;
    private readonly IEmbeddingStore _embeddings;
    private readonly TimeProvider _time;
    private readonly ILogger<PhotoEraser> _logger;
    private readonly Classifier? _classifier;

    public PhotoEraser(
        Database database, IImageStore store, IEmbeddingStore embeddings, TimeProvider time, ILogger<PhotoEraser> logger, Classifier? classifier = null) =>
        (_database, _store, _embeddings, _time, _logger, _classifier) = (database, store, embeddings, time, logger, classifier);

    /// <summary>Erases a photo in any state; a duplicate only with the photo that it is a duplicate of.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="actor">Who does it, 1 to 200 characters.</param>
    /// <param name="reason">The reason, kept in the history; null for none. Cut off after 1,000 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<PhotoOutcome> EraseAsync(long imageId, string actor, string? reason = null, CancellationToken cancellationToken = default) =>
        EraseAsync(session => PhotoRows.FindAsync(session, imageId), imageId, actor, reason, cancellationToken);

    /// <summary>Erases the photo that has, or had, some bytes, in any state.</summary>
    /// <param name="sha256">SHA-256 of the bytes that are kept of it, or of those that it came with: 64 lower-case hexadecimal digits.</param>
    /// <param name="actor">Who does it, 1 to 200 characters.</param>
    /// <param name="reason">The reason, kept in the history; null for none. Cut off after 1,000 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException">It is no such hash.</exception>
    public Task<PhotoOutcome> EraseBytesAsync(string sha256, string actor, string? reason = null, CancellationToken cancellationToken = default)
    {
        ContentHash.Check(sha256, nameof(sha256));
        return EraseAsync(session => PhotoRows.FindBySha256Async(session, sha256), imageId: 0, actor, reason, cancellationToken);
    }

    private async Task<PhotoOutcome> EraseAsync(
        Func<DatabaseSession, Task<Photo?>> find, long imageId, string actor, string? reason, CancellationToken cancellationToken)
    {
        AuditText.CheckActor(actor);
        var (why, now) = (AuditText.Clean(reason), _time.GetUtcMicroseconds());
        var outcome = await _database.WriteAsync(
            async session =>
            {
                var photo = await find(session).ConfigureAwait(false);
                PhotoRefusal? refusal = photo?.Image.State switch
                {
                    null => PhotoRefusal.NotFound,
                    ImageState.Erased => PhotoRefusal.AlreadyErased,
                    ImageState.Duplicate => PhotoRefusal.IsDuplicate,
                    _ => null,
                };
                return refusal is not null ? new PhotoOutcome(photo?.Image.Id ?? imageId, refusal, photo) : await EraseAsync(session, photo!, actor, why, now).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (outcome.Refusal is null or PhotoRefusal.AlreadyErased)
        {
            await TryFinishAsync(cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <summary>Erases a photo for its owner. Where the same photo came with a data set, too, that one stays: what is erased is the
    /// upload.</summary>
    /// <param name="receipt">The code that the sender was given, see <see cref="ExaminedPhoto.Receipt"/>; hyphens, spaces and case do not
    /// matter.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was a photo; false if none was stored under the code, or it was erased before.</returns>
    /// <exception cref="ArgumentException">It is not such a code; see <see cref="PhotoExaminer.IsReceipt"/>.</exception>
    public async Task<bool> EraseAsync(string receipt, CancellationToken cancellationToken = default)
    {
        var (hash, now) = (UploadReceipt.HashOf(receipt), _time.GetUtcMicroseconds());
        var isErased = await _database.WriteAsync<bool?>(
            async session =>
            {
                if (await UploadRows.FindByReceiptAsync(session, hash).ConfigureAwait(false) is not { } id
                    || await PhotoRows.FindAsync(session, id).ConfigureAwait(false) is not { } photo)
                {
                    return null;
                }

                if (photo.Image.State == ImageState.Erased)
                {
                    return false;
                }

                await EraseAsync(session, photo, Owner, reason: null, now).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        if (isErased is not null)
        {
            await TryFinishAsync(cancellationToken).ConfigureAwait(false);
        }

        return isErased == true;
    }

    /// <summary>Keys of objects of erased photos that are still in the store.</summary>
    public async Task<IReadOnlyList<string>> ListUnfinishedAsync(CancellationToken cancellationToken) =>
        [.. (await _database.ReadAsync(ErasureRows.ListAsync, cancellationToken).ConfigureAwait(false)).Select(erasure => erasure.Key)];

    /// <summary>Deletes what is left of erased photos.</summary>
    /// <exception cref="StorageUnavailableException">The store can't be reached; the next call goes on.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        var erasures = await _database.ReadAsync(ErasureRows.ListAsync, cancellationToken).ConfigureAwait(false);
        if (erasures.Count == 0)
        {
            return;
        }

        var copies = await ListAsideAsync(cancellationToken).ConfigureAwait(false);
        foreach (var erasure in erasures)
        {
            await DeleteEmbeddingsAsync(erasure.Hashes, cancellationToken).ConfigureAwait(false);
            foreach (var key in copies[erasure.Key].Prepend(erasure.Key))
            {
                await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            }

            await _database.WriteIdempotentAsync(session => ErasureRows.RemoveAsync(session, erasure), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes embeddings of erased photos that came back: a training that had read the photo before it was erased keeps its
    /// embedding after that.</summary>
    public async Task DeleteLateEmbeddingsAsync(CancellationToken cancellationToken) =>
        await DeleteEmbeddingsAsync(
            await _database.ReadAsync(ErasureRows.ListHashesAsync, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private async Task DeleteEmbeddingsAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellationToken)
    {
        await _embeddings.DeleteAsync(hashes, cancellationToken).ConfigureAwait(false);
        _classifier?.Forget(hashes);
        await _database.WriteIdempotentAsync(session => ServedPhotoRows.DeleteAsync(session, hashes), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<PhotoOutcome> EraseAsync(
        DatabaseSession session, Photo photo, string actor, string? reason, DateTimeOffset now)
    {
        var image = photo.Image;
        string?[] keys = [image.State == ImageState.Duplicate ? null : image.Content?.Key, await UploadRows.FindOriginalKeyAsync(session, image.Id).ConfigureAwait(false)];
        foreach (var key in keys.OfType<string>())
        {
            await ErasureRows.AddAsync(session, image.Id, key).ConfigureAwait(false);
        }

        // A duplicate has the bytes of another photo, which is somebody else's.
        if (image.State != ImageState.Duplicate)
        {
            await ImageWriter.EraseAsync(session, image, now).ConfigureAwait(false);
        }

        await UploadRows.EraseAsync(session, image.Id).ConfigureAwait(false);
        await PhotoHistory.ForgetAsync(session, image.Id).ConfigureAwait(false);
        await PhotoHistory.AddCurationAsync(session, new PhotoEvent
        {
            ImageId = image.Id,
            Action = PhotoAction.Erase,
            FromLabel = image.Label,
            ToLabel = image.Label,
            Reason = reason,
            Actor = actor,
            At = now,
        }).ConfigureAwait(false);
        return new PhotoOutcome(image.Id, null, await PhotoRows.FindAsync(session, image.Id).ConfigureAwait(false));
    }

    private async Task TryFinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DandelionMlException exception)
        {
            ErasureLog.DeletionDeferred(_logger, exception.Message);
        }
    }

    /// <summary>The objects that were moved aside, by the key that each had before.</summary>
    private async Task<ILookup<string?, string>> ListAsideAsync(CancellationToken cancellationToken)
    {
        var keys = await _store.ListAsync(StorageKeys.AsidePrefix, cancellationToken).Select(item => item.Key)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return keys.ToLookup(StorageKeys.OriginOfAside, StringComparer.Ordinal);
    }
}
