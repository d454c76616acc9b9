using DandelionMl.Storage;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Decides, in the order of the rows, which image of a run puts the bytes that several have, and under which label.</summary>
internal sealed class ContentClaims
{
    private readonly IImageStore _store;
    private readonly Dictionary<string, StoredContent> _bySha256 = new(StringComparer.Ordinal);

    public ContentClaims(IImageStore store) => _store = store;

    /// <param name="image">The image.</param>
    /// <param name="known">Where the catalog has its bytes already; null if it has not.</param>
    public ClaimedImage Claim(FetchedImage image, StoredContent? known)
    {
        if (image.Failure is not null)
        {
            return new ClaimedImage(image, null, IsToPut: false);
        }

        if (known is not null || _bySha256.TryGetValue(image.Sha256, out known))
        {
            return new ClaimedImage(image, known, IsToPut: false);
        }

        var key = StorageKeys.Raw(image.Row.Label, image.Sha256, image.Format);
        var content = new StoredContent(key, _store.GetUri(key), image.Sha256, image.Bytes.Length);
        _bySha256.Add(image.Sha256, content);
        return new ClaimedImage(image, content, IsToPut: true);
    }
}
