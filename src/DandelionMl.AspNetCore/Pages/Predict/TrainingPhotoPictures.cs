using BitFaster.Caching.Lru;
using DandelionMl.Catalog;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Storage;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>Small pictures of training photos, written anew without metadata, for anyone. The last ones are kept in memory, so that
/// looking at them costs little. Thread-safe.</summary>
internal sealed class TrainingPhotoPictures(IImageCatalog catalog, IImageStore store, IImageDecoder decoder, IOptions<DandelionMlWebOptions> options)
{
    private const int Side = 240;
    private const int Quality = 80;

    /// <summary>About 10 kB each.</summary>
    private const int Kept = 512;

    private readonly ConcurrentLru<string, byte[]> _pictures = new(Kept);

    /// <returns>The picture, and the hash of the photo; null if there is no such training photo, or they are not to be shown.</returns>
    public async Task<(byte[] Jpeg, string Sha256)?> FindAsync(long imageId, CancellationToken cancellationToken)
    {
        if (!options.Value.Pages.ShowTrainingPhotos
            || await catalog.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is not { State: ImageState.Stored, Content: { } content })
        {
            return null;
        }

        if (!_pictures.TryGet(content.Sha256, out var picture))
        {
            var photo = await store.ReadVerifiedAsync(content.Key, content.Sha256, cancellationToken).ConfigureAwait(false);
            picture = await DecodingLanes.RunAsync(photo, () => decoder.ToJpeg(photo, Side, Quality), cancellationToken).ConfigureAwait(false);
            _pictures.AddOrUpdate(content.Sha256, picture);
        }

        return (picture, content.Sha256);
    }
}
