using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Embeddings;

namespace DandelionMl.Photos;

/// <summary>Finds the photos that look most like one of the catalog. Thread-safe.</summary>
public sealed class SimilarPhotos
{
    /// <summary>The most photos that are found at a time.</summary>
    public const int MaxCount = 60;

    // The nearest embeddings may belong to photos that are gone, or to the photo itself.
    private const int Spare = 8;

    private readonly IImageCatalog _catalog;
    private readonly BackboneSelection _selection;
    private readonly IBackboneProvider _backbones;
    private readonly ImageEmbedder _embedder;
    private readonly KnownPhotos _known;

    internal SimilarPhotos(
        IImageCatalog catalog, BackboneSelection selection, IBackboneProvider backbones, ImageEmbedder embedder, KnownPhotos known)
    {
        (_catalog, _selection, _backbones) = (catalog, selection, backbones);
        (_embedder, _known) = (embedder, known);
    }

    /// <summary>Finds the photos that look most like one, whatever their state. A photo that is not yet embedded is, by the recorded
    /// backbone; no other costs a backbone pass.</summary>
    /// <param name="imageId">The photo's row in the catalog.</param>
    /// <param name="count">The most to give, 1 to <see cref="MaxCount"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The most similar first, without the photo itself. None if there is no such photo, it has no bytes that can be read, or no
    /// photo was ever embedded.</returns>
    /// <exception cref="BackboneUnavailableException">The backbone can't be loaded; the message says what to do.</exception>
    public async Task<IReadOnlyList<KnownPhoto>> FindAsync(long imageId, int count = 12, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        if (await _catalog.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is not { Content: { } content } image
            || await _selection.GetRecordedAsync(cancellationToken).ConfigureAwait(false) is not { } backboneId)
        {
            return [];
        }

        var backbone = await _backbones.GetAsync(backboneId, progress: null, cancellationToken).ConfigureAwait(false);
        var report = await _embedder.EmbedMissingAsync(backbone, [image], progress: null, cancellationToken).ConfigureAwait(false);
        if (!report.Embeddings.TryGetValue(content.Sha256, out var embedding))
        {
            return [];
        }

        var similar = await _known.FindSimilarAsync(backbone.Info.Space, embedding, count + Spare, cancellationToken: cancellationToken).ConfigureAwait(false);
        return [.. similar.Where(photo => photo.Photo.Image.Id != imageId).DistinctBy(photo => photo.Photo.Image.Id).Take(count)];
    }
}
