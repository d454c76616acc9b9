using System.Collections.Concurrent;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Storage;

namespace DandelionMl.Embeddings;

/// <summary>Embeds the images that are not embedded yet, and only those. Each batch is kept as soon as it is done, so that a run that
/// was cut off goes on where it stopped.</summary>
/// <param name="store">Where the images' bytes are.</param>
/// <param name="embeddings">Where embeddings are kept.</param>
/// <param name="decoder">Decodes the images.</param>
/// <param name="telemetry">Measures the backbone's passes.</param>
internal sealed class ImageEmbedder(
    IImageStore store, IEmbeddingStore embeddings, IImageDecoder decoder, EmbeddingTelemetry? telemetry = null)
{
    private const int BatchSize = 16;

    private readonly EmbeddingTelemetry _telemetry = telemetry ?? new EmbeddingTelemetry();

    /// <summary>Embeds what is missing. An image whose bytes are lost, damaged or no picture is left out and reported.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="images">Stored images of the catalog.</param>
    /// <param name="progress">Receives the number of images done, after each batch.</param>
    /// <param name="cancellationToken">Cancels between batches and images; what was done is kept.</param>
    public async Task<EmbeddingReport> EmbedMissingAsync(
        IBackbone backbone,
        IReadOnlyCollection<CatalogImage> images,
        IProgress<ItemProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(images);
        var contents = images.Where(image => image.Content is not null).DistinctBy(image => image.Content!.Sha256).ToList();
        var known = await embeddings.GetAsync(
            backbone.Info.Space, [.. contents.Select(image => image.Content!.Sha256)], cancellationToken).ConfigureAwait(false);
        var missing = contents.Where(image => !known.ContainsKey(image.Content!.Sha256)).ToList();

        var all = new Dictionary<string, float[]>(known, StringComparer.Ordinal);
        var unreadable = new List<UnreadableImage>();
        var done = 0;
        foreach (var batch in missing.Chunk(BatchSize))
        {
            var prepared = await PrepareAsync(backbone.Info.Preprocessing, batch, unreadable, cancellationToken).ConfigureAwait(false);
            var embedded = await Task.Run(() => Embed(backbone, prepared, cancellationToken), cancellationToken).ConfigureAwait(false);
            await embeddings.PutAsync(backbone.Info.Space, embedded, cancellationToken).ConfigureAwait(false);
            embedded.ForEach(item => all[item.Key] = item.Value);
            progress?.Report(new ItemProgress(done += batch.Length, missing.Count));
        }

        return new EmbeddingReport(all, missing.Count - unreadable.Count, unreadable);
    }

    private async Task<List<(string Sha256, float[] Tensor)>> PrepareAsync(
        Preprocessing preprocessing, CatalogImage[] batch, List<UnreadableImage> unreadable, CancellationToken cancellationToken)
    {
        var tensors = new float[batch.Length][];
        var failures = new ConcurrentBag<UnreadableImage>();
        await Parallel.ForAsync(0, batch.Length, cancellationToken, async (index, token) =>
        {
            var (image, content) = (batch[index], batch[index].Content!);
            try
            {
                var bytes = await store.ReadVerifiedAsync(content.Key, content.Sha256, token).ConfigureAwait(false);
                tensors[index] = await DecodingLanes.RunAsync(
                    bytes,
                    () =>
                    {
                        var tensor = new float[preprocessing.TensorLength];
                        preprocessing.Apply(decoder.Decode(bytes, preprocessing.MinimumSide), tensor);
                        return tensor;
                    },
                    token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ImageDecodingException or ObjectNotFoundException or ObjectCorruptedException)
            {
                failures.Add(new UnreadableImage(content.Sha256, e.Message) { Source = ImageSource.Display(image.UrlSource) });
            }
        }).ConfigureAwait(false);

        unreadable.AddRange(failures.OrderBy(failure => failure.Sha256, StringComparer.Ordinal));
        return [.. batch.Zip(tensors).Where(pair => pair.Second is not null).Select(pair => (pair.First.Content!.Sha256, pair.Second))];
    }

    private List<KeyValuePair<string, float[]>> Embed(
        IBackbone backbone, List<(string Sha256, float[] Tensor)> prepared, CancellationToken cancellationToken)
    {
        var (length, dimensions) = (backbone.Info.Preprocessing.TensorLength, backbone.Info.Dimensions);
        var input = new float[prepared.Count * length];
        for (var index = 0; index < prepared.Count; index++)
        {
            prepared[index].Tensor.CopyTo(input, index * length);
        }

        var output = new float[prepared.Count * dimensions];
        _telemetry.Embed(backbone, input, output, cancellationToken);
        return [.. prepared.Select((item, index) =>
            KeyValuePair.Create(item.Sha256, output.AsSpan(index * dimensions, dimensions).ToArray()))];
    }
}

/// <summary>What an embedding run gave.</summary>
/// <param name="Embeddings">The embedding of every readable image, by SHA-256, kept before or embedded now.</param>
/// <param name="Embedded">Number of images embedded now: each cost a backbone pass.</param>
/// <param name="Unreadable">Images whose bytes are lost or damaged, or can't be decoded.</param>
internal sealed record EmbeddingReport(
    IReadOnlyDictionary<string, float[]> Embeddings, int Embedded, IReadOnlyList<UnreadableImage> Unreadable);

/// <summary>A stored image whose bytes are lost or damaged, or can't be decoded.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record UnreadableImage(string Sha256, string Reason)
{
    /// <summary>Where it came from, as people read it: a path or an address; null where that is not known.</summary>
    public string? Source { get; init; }

    /// <summary>Its source, or else its hash.</summary>
    internal string Name => Source ?? Sha256;
}
