using System.Runtime.CompilerServices;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Imaging;
using DandelionMl.Storage;

namespace DandelionMl.Embeddings;

/// <summary>Embeds the images that are not embedded yet, and only those. Images are read and decoded while those before them pass through the
/// backbone, and embeddings are kept meanwhile. A run that was cut off goes on from what was kept.</summary>
/// <param name="store">Where the images' bytes are.</param>
/// <param name="embeddings">Where embeddings are kept.</param>
/// <param name="decoder">Decodes the images.</param>
/// <param name="telemetry">Measures the backbone's passes.</param>
/// <param name="clock">The time; null for the system's.</param>
internal sealed class ImageEmbedder(
    IImageStore store, IEmbeddingStore embeddings, IImageDecoder decoder, EmbeddingTelemetry? telemetry = null, TimeProvider? clock = null)
{
    /// <summary>Images in a backbone pass.</summary>
    internal const int BatchSize = 16;

    /// <summary>Embeddings that are kept in one transaction, at least, unless <see cref="KeepEvery"/> has passed.</summary>
    internal const int GroupSize = 256;

    /// <summary>The time after which what is embedded is kept, however little it is: what a process that is killed loses.</summary>
    internal static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(5);

    private readonly ImagePreparation _preparation = new(store, decoder);
    private readonly EmbeddingTelemetry _telemetry = telemetry ?? new EmbeddingTelemetry();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Embeds what is missing. An image whose bytes are lost, damaged or no picture is left out and reported.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="images">Stored images of the catalog.</param>
    /// <param name="progress">Receives the number of images that went through the backbone, after each batch.</param>
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
        var all = await embeddings.ReadAsync(
            backbone.Info.Space, [.. contents.Select(image => image.Content!.Sha256)], cancellationToken).ConfigureAwait(false);
        var missing = contents.Where(image => !all.Rows.ContainsKey(image.Content!.Sha256)).ToList();

        var unreadable = new List<UnreadableImage>();
        var kept = EmbedAsync(backbone, missing.ToAsyncEnumerable(), Counting(progress, missing.Count), cancellationToken);
        await foreach (var group in kept.ConfigureAwait(false))
        {
            group.Embeddings.ForEach(item => all.Add(item.Key, item.Value));
            unreadable.AddRange(group.Unreadable);
        }

        return new EmbeddingReport(all.Rows, missing.Count - unreadable.Count, unreadable);
    }

    /// <summary>Embeds images that are not embedded yet; memory does not grow with them.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="images">Stored images of the catalog, each content once.</param>
    /// <param name="batchDone">Receives the number of images of each batch that went through the backbone.</param>
    /// <param name="cancellationToken">Cancels between batches and images; what was done is kept.</param>
    /// <returns>Groups of images in their order, once their embeddings are kept.</returns>
    public IAsyncEnumerable<EmbeddedImages> EmbedAsync(
        IBackbone backbone, IAsyncEnumerable<CatalogImage> images, Action<int>? batchDone, CancellationToken cancellationToken)
    {
        var prepared = _preparation.PrepareAsync(backbone.Info.Preprocessing, images, cancellationToken);
        var embedded = EmbedAsync(backbone, prepared.ReadAheadAsync(BatchSize, cancellationToken), batchDone, cancellationToken);

        // Not cancelled here: what was embedded before it was cancelled arrives, and is kept.
        return KeepAsync(backbone.Info.Space, embedded.ReadAheadAsync(GroupSize / BatchSize, CancellationToken.None), cancellationToken);
    }

    private static Action<int>? Counting(IProgress<ItemProgress>? progress, int total)
    {
        var done = 0;
        return progress is null ? null : count => progress.Report(new ItemProgress(done += count, total));
    }

    private async IAsyncEnumerable<EmbeddedImages> EmbedAsync(
        IBackbone backbone, IAsyncEnumerable<PreparedImage> images, Action<int>? batchDone, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in images.Chunk(BatchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return Embed(backbone, batch, cancellationToken);
            batchDone?.Invoke(batch.Length);
        }
    }

    private EmbeddedImages Embed(IBackbone backbone, PreparedImage[] images, CancellationToken cancellationToken)
    {
        var readable = Array.FindAll(images, image => image.Tensor is not null);
        var (length, dimensions) = (backbone.Info.Preprocessing.TensorLength, backbone.Info.Dimensions);
        var input = new float[readable.Length * length];
        for (var index = 0; index < readable.Length; index++)
        {
            readable[index].Tensor!.CopyTo(input, index * length);
        }

        var output = new float[readable.Length * dimensions];
        if (readable.Length > 0)
        {
            _telemetry.Embed(backbone, input, output, cancellationToken);
        }

        return new EmbeddedImages(
            [.. readable.Select((image, index) => KeyValuePair.Create(image.Sha256, output.AsSpan(index * dimensions, dimensions).ToArray()))],
            [.. images.Select(image => image.Unreadable).OfType<UnreadableImage>()]);
    }

    private async IAsyncEnumerable<EmbeddedImages> KeepAsync(
        EmbeddingSpace space, IAsyncEnumerable<EmbeddedImages> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (group, keptAt) = (new EmbeddedImages([], []), _clock.GetTimestamp());
        try
        {
            await foreach (var batch in batches.ConfigureAwait(false))
            {
                group.Add(batch);
                var now = _clock.GetTimestamp();
                if (group.Count >= GroupSize || _clock.GetElapsedTime(keptAt, now) >= KeepEvery)
                {
                    await embeddings.PutAsync(space, group.Embeddings, cancellationToken).ConfigureAwait(false);
                    (var kept, group, keptAt) = (group, new EmbeddedImages([], []), now);
                    yield return kept;
                }
            }

            await embeddings.PutAsync(space, group.Embeddings, cancellationToken).ConfigureAwait(false);
            (var last, group) = (group, new EmbeddedImages([], []));
            yield return last;
        }
        finally
        {
            await KeepRestAsync(space, group).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps what was embedded before the work ended early. It cost its passes, and who ends the work does not wait long for it.</summary>
    private async Task KeepRestAsync(EmbeddingSpace space, EmbeddedImages rest)
    {
        if (rest.Embeddings.Count == 0)
        {
            return;
        }

        using var limit = new CancellationTokenSource(KeepEvery, _clock);
        await embeddings.PutAsync(space, rest.Embeddings, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

/// <summary>Images that went through a backbone.</summary>
/// <param name="Embeddings">The embedding of each readable one, by SHA-256.</param>
/// <param name="Unreadable">Those whose bytes are lost or damaged, or can't be decoded.</param>
internal sealed record EmbeddedImages(List<KeyValuePair<string, float[]>> Embeddings, List<UnreadableImage> Unreadable)
{
    /// <summary>Number of images.</summary>
    public int Count => Embeddings.Count + Unreadable.Count;

    /// <summary>Adds others.</summary>
    public void Add(EmbeddedImages others)
    {
        Embeddings.AddRange(others.Embeddings);
        Unreadable.AddRange(others.Unreadable);
    }
}

/// <summary>What an embedding run gave.</summary>
/// <param name="Embeddings">The embedding of every readable image, by SHA-256, kept before or embedded now.</param>
/// <param name="Embedded">Number of images embedded now: each cost a backbone pass.</param>
/// <param name="Unreadable">Images whose bytes are lost or damaged, or can't be decoded.</param>
internal sealed record EmbeddingReport(
    IReadOnlyDictionary<string, ReadOnlyMemory<float>> Embeddings, int Embedded, IReadOnlyList<UnreadableImage> Unreadable);

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
