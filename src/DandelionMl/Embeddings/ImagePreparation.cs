using System.Runtime.CompilerServices;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Storage;

namespace DandelionMl.Embeddings;

/// <summary>Reads, decodes and preprocesses images, several at a time: a store far away answers late, and a core waits for nothing.</summary>
/// <param name="store">Where the images' bytes are.</param>
/// <param name="decoder">Decodes the images.</param>
internal sealed class ImagePreparation(IImageStore store, IImageDecoder decoder)
{
    // Each holds the bytes of a photo until it is decoded.
    private static readonly int AtOnce = Math.Clamp(2 * Environment.ProcessorCount, 8, 32);

    /// <summary>Prepares images.</summary>
    /// <param name="preprocessing">The preprocessing.</param>
    /// <param name="images">Stored images of the catalog.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The images in their order. One whose bytes are lost, damaged or no picture has no tensor.</returns>
    public async IAsyncEnumerable<PreparedImage> PrepareAsync(
        Preprocessing preprocessing, IAsyncEnumerable<CatalogImage> images, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = new Queue<Task<PreparedImage>>();
        try
        {
            await foreach (var image in images.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                started.Enqueue(PrepareAsync(preprocessing, image, stop.Token));
                if (started.Count == AtOnce)
                {
                    yield return await started.Dequeue().ConfigureAwait(false);
                }
            }

            while (started.TryDequeue(out var preparing))
            {
                yield return await preparing.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(started)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<PreparedImage> PrepareAsync(Preprocessing preprocessing, CatalogImage image, CancellationToken cancellationToken)
    {
        var content = image.Content!;
        try
        {
            var bytes = await store.ReadVerifiedAsync(content.Key, content.Sha256, cancellationToken).ConfigureAwait(false);
            return await DecodingLanes.RunAsync(
                bytes,
                () =>
                {
                    var tensor = new float[preprocessing.TensorLength];
                    preprocessing.Apply(decoder.Decode(bytes, preprocessing.MinimumSide), tensor);
                    return new PreparedImage(content.Sha256, tensor, Unreadable: null);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ImageDecodingException or ObjectNotFoundException or ObjectCorruptedException)
        {
            var unreadable = new UnreadableImage(content.Sha256, e.Message) { Source = ImageSource.Display(image.UrlSource) };
            return new PreparedImage(content.Sha256, Tensor: null, unreadable);
        }
    }
}

/// <summary>An image that is ready for the backbone, or why it can't be.</summary>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Tensor">The backbone's input; null if it is unreadable.</param>
/// <param name="Unreadable">Why it can't be read; null if it was.</param>
internal sealed record PreparedImage(string Sha256, float[]? Tensor, UnreadableImage? Unreadable);
