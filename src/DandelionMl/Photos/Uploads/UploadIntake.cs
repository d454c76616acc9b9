using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Metadata;
using DandelionMl.Storage;

namespace DandelionMl.Photos;

/// <summary>Keeps users' photos for review: each once, with what the model said of it and the embedding that was computed for that.
/// Thread-safe; of several uploads of one photo at a time, to whatever process, one is kept.</summary>
internal sealed class UploadIntake
{
    // The column takes 255 UTF-16 code units; a character beyond the first plane has two.
    private const int MaxFileNameCharacters = 127;

    private readonly Database _database;
    private readonly IImageStore _store;
    private readonly IEmbeddingStore _embeddings;
    private readonly IImageDecoder _decoder;
    private readonly KnownPhotos _known;
    private readonly TimeProvider _time;
    private readonly PendingBudget _budget;
    private readonly IShadow? _shadow;

    public UploadIntake(
        Database database,
        IImageStore store,
        IEmbeddingStore embeddings,
        IImageDecoder decoder,
        KnownPhotos known,
        ReviewOptions options,
        TimeProvider time,
        IShadow? shadow = null)
    {
        (_database, _store, _embeddings) = (database, store, embeddings);
        (_decoder, _known, _time, _shadow) = (decoder, known, time, shadow);
        _budget = new PendingBudget(database, store, options, time);
    }

    /// <summary>Queues a photo for review, unless it is known. It is kept without its metadata, such as the place and the device.</summary>
    /// <param name="photo">The whole file, as it was classified.</param>
    /// <param name="prediction">The classifier's prediction.</param>
    /// <param name="fileName">What the user calls it; never part of a key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException">The prediction is of another photo.</exception>
    /// <exception cref="StorageUnavailableException">There is no room for more photos; see <see cref="ReviewOptions.MaxPending"/>.</exception>
    public async Task<Submission> SubmitAsync(
        ReadOnlyMemory<byte> photo, Prediction prediction, string? fileName = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (ContentHash.Of(photo.Span) != prediction.Sha256)
        {
            throw new ArgumentException("The prediction is of another photo.", nameof(prediction));
        }

        if (await _known.FindAsync(prediction, cancellationToken).ConfigureAwait(false) is { } twin)
        {
            return new Submission(twin.Photo.Image.Id, twin);
        }

        await _budget.CheckAsync(photo.Length, cancellationToken).ConfigureAwait(false);

        // Object and embedding first, so that whatever has a row is whole.
        var content = await StoreAsync(PhotoMetadata.Strip(photo.Span), cancellationToken).ConfigureAwait(false);
        await _embeddings.PutAsync(
            prediction.RequireBackbone().Space, [KeyValuePair.Create(content.Sha256, prediction.Embedding.ToArray())], cancellationToken).ConfigureAwait(false);
        var receipt = UploadReceipt.New();
        var id = await _database.WriteIdempotentAsync(
            session => UploadRows.InsertAsync(
                session, prediction, _shadow?.Answer(prediction), content, Clean(fileName), UploadReceipt.HashOf(receipt), _time.GetUtcMicroseconds()),
            cancellationToken).ConfigureAwait(false);
        if (id is not null)
        {
            return new Submission(id.Value, Receipt: receipt);
        }

        // Somebody else was faster. What was stored is theirs, or left for the reconciler.
        var winner = await _database.ReadAsync(session => PhotoRows.FindBySha256Async(session, content.Sha256), cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The photo {prediction.Sha256} was removed meanwhile; send it again.");
        if (winner.Image.State == ImageState.Erased)
        {
            await _store.DeleteAsync(content.Key, cancellationToken).ConfigureAwait(false);
            await _embeddings.DeleteAsync([content.Sha256], cancellationToken).ConfigureAwait(false);
        }

        return new Submission(winner.Image.Id, new KnownPhoto(winner, 1));
    }

    private async Task<StoredContent> StoreAsync(byte[] photo, CancellationToken cancellationToken)
    {
        var sha256 = ContentHash.Of(photo);
        var key = StorageKeys.Pending(sha256, _decoder.ReadHeader(photo).Format);
        using var content = new MemoryStream(photo, writable: false);
        await _store.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
        return new StoredContent(key, _store.GetUri(key), sha256, photo.Length);
    }

    /// <summary>The last segment of a path.</summary>
    private static string? Clean(string? fileName) =>
        PlainText.Clean(fileName?[(fileName.LastIndexOfAny(['/', '\\']) + 1)..], MaxFileNameCharacters);
}

/// <summary>What became of a photo that was submitted.</summary>
/// <param name="ImageId">Its row, or that of its twin.</param>
/// <param name="Twin">The photo that is there already, or was and is erased; null for a new one.</param>
/// <param name="Receipt">The code by which its sender may have a new one erased.</param>
internal sealed record Submission(long ImageId, KnownPhoto? Twin = null, string? Receipt = null)
{
    public bool IsNew => Twin is null;
}
