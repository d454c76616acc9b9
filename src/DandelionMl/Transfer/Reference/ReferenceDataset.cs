using System.Runtime.CompilerServices;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Storage;

namespace DandelionMl.Transfer.Reference;

/// <summary>The labelled images of the Python system: the rows of its table, and the reviewed photos in <c>corrected_data/</c> that wait for its
/// next retraining, whose label is in their name (<c>{id}_{label}.jpg</c>). The bytes come from its bucket; a row whose image it has not
/// fetched yet is fetched from its source.</summary>
/// <param name="store">Its bucket.</param>
/// <param name="bucket">The bucket's name.</param>
/// <param name="rows">The rows of its table.</param>
internal sealed class ReferenceDataset(IImageStore store, string bucket, IReadOnlyList<ReferenceRow> rows) : IItemDataset, IImageBytes
{
    // Filled as the data set is read, which comes before anything is fetched.
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => $"bucket {bucket}";

    /// <summary>The keys of the images in the bucket, by their sources in canonical form, once the data set was read.</summary>
    public IReadOnlyDictionary<string, string> Keys => _keys;

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestEntry> ReadAsync(CancellationToken cancellationToken = default) =>
        ((IItemDataset)this).ReadItemsAsync(cancellationToken).Where(item => item.Entry is not null).Select(item => item.Entry!);

    async IAsyncEnumerable<DatasetItem> IItemDataset.ReadItemsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (labels, unfetched) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var row in rows)
        {
            labels.Add(row.Label);
            unfetched += row.UrlS3 is null ? 1 : 0;
            yield return Item(row.UrlSource, row.UrlS3 is null ? null : KeyOf(row.UrlS3), row.Label);
        }

        if (unfetched > 0)
        {
            yield return new DatasetItem(Remark: $"{unfetched} rows have no image in the bucket yet: these are fetched from their sources.");
        }

        await foreach (var item in store.ListAsync(StorageKeys.CorrectedPrefix, cancellationToken).ConfigureAwait(false))
        {
            yield return LabelOf(item.Key, labels) is { } label
                ? Item(store.GetUri(item.Key).AbsoluteUri, item.Key, label)
                : new DatasetItem(Failure: new IngestionFailure(item.Key, "Its name tells no label: {id}_{label}.jpg is expected."));
        }
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(string source, CancellationToken cancellationToken) =>
        _keys.TryGetValue(source, out var key) ? await store.OpenReadAsync(key, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>An image under its source, or under its place in the bucket where that is no address.</summary>
    private DatasetItem Item(string source, string? key, string label)
    {
        if (key is null)
        {
            return new DatasetItem(new ManifestEntry(source, label));
        }

        if (ImageSource.TryNormalise(source, out var normalised, out _)
            || ImageSource.TryNormalise(store.GetUri(key).AbsoluteUri, out normalised, out _))
        {
            _keys[normalised] = key;
            return new DatasetItem(new ManifestEntry(normalised, label));
        }

        return new DatasetItem(new ManifestEntry(source, label));
    }

    private string KeyOf(string urlS3)
    {
        var start = $"/{bucket}/";
        var at = urlS3.IndexOf(start, StringComparison.Ordinal);
        return at < 0 ? urlS3 : urlS3[(at + start.Length)..];
    }

    /// <summary>The label in a name; of labels with underscores, one that the table knows.</summary>
    private static string? LabelOf(string key, HashSet<string> labels)
    {
        var name = Path.GetFileNameWithoutExtension(key);
        var at = name.IndexOf('_', StringComparison.Ordinal);
        return labels.Where(label => name.EndsWith($"_{label}", StringComparison.Ordinal)).MaxBy(label => label.Length)
            ?? (at > 0 && at < name.Length - 1 ? name[(at + 1)..] : null);
    }
}
