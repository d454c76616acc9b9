using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Embeddings;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>The embeddings of images in the space of a model that may be older than the images: those kept, and those missing, which are
/// embedded now and kept.</summary>
internal sealed class ManifestEmbeddings(
    IEmbeddingStore store, IImageCatalog catalog, ImageEmbedder embedder, IBackboneProvider backbones)
{
    /// <returns>The embeddings; an image that is in neither store, or can't be decoded, is missing.</returns>
    /// <exception cref="BackboneUnavailableException">An image has to be embedded, and the model's backbone can't be loaded or has other
    /// weights now.</exception>
    /// <exception cref="Storage.ObjectNotFoundException">An image has to be embedded, and its bytes are lost.</exception>
    public async Task<IReadOnlyDictionary<string, ReadOnlyMemory<float>>> GetAsync(
        ModelVersion model, IReadOnlyCollection<string> sha256, CancellationToken cancellationToken)
    {
        var kept = await store.ReadAsync(model.Space, sha256, cancellationToken).ConfigureAwait(false);
        var missing = new List<CatalogImage>();
        foreach (var hash in sha256.Where(hash => !kept.Rows.ContainsKey(hash)))
        {
            if (await catalog.FindBySha256Async(hash, cancellationToken).ConfigureAwait(false) is { State: ImageState.Stored } image)
            {
                missing.Add(image);
            }
        }

        if (missing.Count == 0)
        {
            return kept.Rows;
        }

        var embedded = await embedder.EmbedMissingAsync(
            await LoadBackboneAsync(model, cancellationToken).ConfigureAwait(false), missing, progress: null, cancellationToken).ConfigureAwait(false);
        return kept.Rows.Concat(embedded.Embeddings).ToDictionary(StringComparer.Ordinal);
    }

    private async Task<IBackbone> LoadBackboneAsync(ModelVersion model, CancellationToken cancellationToken)
    {
        var backbone = await backbones.GetAsync(model.Space.BackboneId, progress: null, cancellationToken).ConfigureAwait(false);
        return backbone.Info.WeightsSha256 == model.BackboneSha256 && backbone.Info.Space == model.Space
            ? backbone
            : throw new BackboneUnavailableException(
                $"Model version {model.Version} was trained on {model.Space} with weights {model.BackboneSha256}, but this machine has "
                + $"{backbone.Info.Space} with weights {backbone.Info.WeightsSha256}: restore those weights.");
    }
}
