using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;

namespace DandelionMl.Photos;

/// <summary>Finds stored photos that are the same as a photo or look like it. Thread-safe.</summary>
internal sealed class KnownPhotos
{
    // The nearest embeddings may belong to photos that are gone, such as uploads that were cut off; one of a few has a row.
    private const int Candidates = 8;

    private readonly Database _database;
    private readonly IEmbeddingStore _embeddings;

    internal KnownPhotos(Database database, IEmbeddingStore embeddings)
    {
        _database = database;
        _embeddings = embeddings;
    }

    /// <summary>Finds a photo with the same bytes, else the most similar one at or above the backbone's
    /// <see cref="Backbones.BackboneInfo.DuplicateThreshold"/>. Costs no backbone pass.</summary>
    /// <param name="prediction">The classifier's prediction for the photo.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The photo, also one that was erased if the bytes are the same; null if there is none.</returns>
    public async Task<KnownPhoto?> FindAsync(Prediction prediction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (await FindBySha256Async(prediction.Sha256, cancellationToken).ConfigureAwait(false) is { } same)
        {
            return new KnownPhoto(same, 1);
        }

        var backbone = prediction.RequireBackbone();
        var similar = await FindSimilarAsync(
            backbone.Space, prediction.Embedding, Candidates, backbone.DuplicateThreshold, cancellationToken).ConfigureAwait(false);
        return similar is [var nearest, ..] ? nearest : null;
    }

    /// <summary>Finds the photos that look most like one.</summary>
    /// <param name="prediction">The classifier's prediction for the photo.</param>
    /// <param name="count">The most to return, at least 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>At most <paramref name="count"/> photos, the most similar first.</returns>
    public Task<IReadOnlyList<KnownPhoto>> FindSimilarAsync(
        Prediction prediction, int count, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return FindSimilarAsync(prediction.RequireBackbone().Space, prediction.Embedding, count, cancellationToken: cancellationToken);
    }

    /// <summary>Finds the photos that look most like an embedding.</summary>
    /// <param name="space">The embedding's space.</param>
    /// <param name="embedding">The embedding.</param>
    /// <param name="count">The most to return, at least 1.</param>
    /// <param name="minimumSimilarity">Those less similar are not found.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>At most <paramref name="count"/> photos, the most similar first.</returns>
    public async Task<IReadOnlyList<KnownPhoto>> FindSimilarAsync(
        EmbeddingSpace space, ReadOnlyMemory<float> embedding, int count, float minimumSimilarity = -1, CancellationToken cancellationToken = default)
    {
        var neighbours = await _embeddings.FindNearestAsync(space, embedding, count, minimumSimilarity, cancellationToken).ConfigureAwait(false);
        var photos = new Dictionary<string, Photo>(StringComparer.Ordinal);
        foreach (var batch in neighbours.Select(neighbour => neighbour.Sha256).Chunk(SqlRows.BatchSize))
        {
            foreach (var (hash, photo) in await _database.ReadAsync(session => PhotoRows.FindEachAsync(session, batch), cancellationToken).ConfigureAwait(false))
            {
                photos[hash] = photo;
            }
        }

        // The embedding of one that is being erased may still be there.
        return
        [
            .. neighbours.Where(neighbour => photos.TryGetValue(neighbour.Sha256, out var photo) && photo.Image.State != ImageState.Erased)
                .Select(neighbour => new KnownPhoto(photos[neighbour.Sha256], neighbour.Similarity)),
        ];
    }

    // A photo whose metadata were taken out, or that was scaled down, is known by the bytes it came with, too.
    private Task<Photo?> FindBySha256Async(string sha256, CancellationToken cancellationToken) =>
        _database.ReadAsync(session => PhotoRows.FindBySha256Async(session, sha256), cancellationToken);
}
