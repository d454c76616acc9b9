using DandelionMl.Storage;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Decides, in the order of the rows, which image of a run puts the bytes that several have, and under which label.</summary>
internal sealed class ContentClaims
{
    private readonly IImageStore _store;
    private readonly Dictionary<string, StoredContent> _bySha256 = new(StringComparer.Ordinal);

    public ContentClaims(IImageStore store) => _store = store;

    public ClaimedImage Claim(FetchedImage image)
    {
        if (image.Failure is not null)
        {
            return new ClaimedImage(image, null, IsFirst: false);
        }

        if (_bySha256.TryGetValue(image.Sha256, out var claimed))
        {
            return new ClaimedImage(image, claimed, IsFirst: false);
        }

        var key = StorageKeys.Raw(image.Row.Label, image.Sha256, image.Format);
        var content = new StoredContent(key, _store.GetUri(key), image.Sha256, image.Bytes.Length);
        _bySha256.Add(image.Sha256, content);
        return new ClaimedImage(image, content, IsFirst: true);
    }
}
