using System.Runtime.CompilerServices;
using DandelionMl.Catalog;
using DandelionMl.Labels;
using DandelionMl.Storage;

namespace DandelionMl.Testing;

/// <summary>An <see cref="IImageCatalog"/> in memory, for tests. It keeps the whole contract, and passes
/// <see cref="Conformance.ImageCatalogConformance"/>.</summary>
/// <param name="time">Gives the times of changes; null for the machine's clock.</param>
public sealed class InMemoryImageCatalog(TimeProvider? time = null) : IImageCatalog
{
    private const int MaxSourceLength = 2048;

    private readonly MemoryTransactions _transactions = new();
    private readonly SortedDictionary<long, CatalogImage> _images = [];
    private readonly Dictionary<string, long> _bySource = new(StringComparer.Ordinal);

    // The one row that stands for some bytes.
    private readonly Dictionary<string, long> _bySha256 = new(StringComparer.Ordinal);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public Task<int> RegisterAsync(IReadOnlyCollection<ManifestEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return _transactions.RunAsync(() => Register(entries), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CatalogImage> MarkStoredAsync(long id, StoredContent content, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => MarkStored([KeyValuePair.Create(id, content)])[0], cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CatalogImage>> MarkStoredAsync(
        IReadOnlyList<KeyValuePair<long, StoredContent>> images, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync<IReadOnlyList<CatalogImage>>(() => MarkStored(images), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> MarkLostAsync(long id, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => MarkLost(id), cancellationToken);

    /// <inheritdoc/>
    public Task<CatalogImage?> FindAsync(long id, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => _images.GetValueOrDefault(id), cancellationToken);

    /// <inheritdoc/>
    public Task<CatalogImage?> FindBySourceAsync(string urlSource, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => Find(_bySource, urlSource), cancellationToken);

    /// <inheritdoc/>
    public Task<CatalogImage?> FindBySha256Async(string sha256, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => Find(_bySha256, sha256), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Lists what was there when the listing began.</remarks>
    public async IAsyncEnumerable<CatalogImage> ListAsync(
        ImageState state, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var image in await _transactions.RunAsync(() => List(state), cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return image;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, long>> CountByLabelAsync(ImageState state, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync<IReadOnlyDictionary<string, long>>(
            () => List(state)
                .GroupBy(image => image.Label, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.LongCount(), StringComparer.Ordinal),
            cancellationToken);

    private static void Check(ManifestEntry entry)
    {
        ImageLabel.Check(entry.Label);
        if (entry.UrlSource.Length is 0 or > MaxSourceLength)
        {
            throw new ArgumentException($"A source has {entry.UrlSource.Length} characters; 1 to {MaxSourceLength} are accepted.");
        }
    }

    private static void Check(StoredContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        ContentHash.Check(content.Sha256, nameof(content));
        StorageKeys.Validate(content.Key);
    }

    private static CatalogImage Registered(long id, ManifestEntry entry, DateTimeOffset now) => new()
    {
        Id = id,
        UrlSource = entry.UrlSource,
        Label = entry.Label,
        State = ImageState.Registered,
        Content = null,
        CreatedAt = now,
        UpdatedAt = now,
    };

    private int Register(IReadOnlyCollection<ManifestEntry> entries)
    {
        foreach (var entry in entries)
        {
            Check(entry);
        }

        var (known, now) = (_images.Count, _time.GetUtcNow());
        foreach (var entry in entries.DistinctBy(entry => entry.UrlSource, StringComparer.Ordinal))
        {
            var id = _images.Count + 1L;
            if (_bySource.TryAdd(entry.UrlSource, id))
            {
                _images[id] = Registered(id, entry, now);
            }
            else if (_images[_bySource[entry.UrlSource]] is { State: ImageState.Registered } image && image.Label != entry.Label)
            {
                _images[image.Id] = image with { Label = entry.Label, UpdatedAt = now };
            }
        }

        return _images.Count - known;
    }

    private List<CatalogImage> MarkStored(IReadOnlyList<KeyValuePair<long, StoredContent>> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (var (id, content) in images)
        {
            Check(content);
            if (!_images.ContainsKey(id))
            {
                throw new ImageNotFoundException(id);
            }
        }

        return images.DistinctBy(image => image.Key).Count() == images.Count
            ? [.. images.Select(image => MarkStored(_images[image.Key], image.Value))]
            : throw new ArgumentException("A row is named twice.", nameof(images));
    }

    private CatalogImage MarkStored(CatalogImage image, StoredContent content)
    {
        if (image.State != ImageState.Registered)
        {
            return image;
        }

        var isFirst = _bySha256.TryAdd(content.Sha256, image.Id);
        return _images[image.Id] = image with
        {
            State = isFirst ? ImageState.Stored : ImageState.Duplicate,
            Content = isFirst ? content : _images[_bySha256[content.Sha256]].Content,
            UpdatedAt = _time.GetUtcNow(),
        };
    }

    private bool MarkLost(long id)
    {
        if (_images.GetValueOrDefault(id) is not { State: ImageState.Stored } image)
        {
            return false;
        }

        _bySha256.Remove(image.Content!.Sha256);
        _images[id] = image with { State = ImageState.Registered, Content = null, UpdatedAt = _time.GetUtcNow() };
        return true;
    }

    private CatalogImage? Find(Dictionary<string, long> ids, string name) => ids.TryGetValue(name, out var id) ? _images[id] : null;

    private List<CatalogImage> List(ImageState state) => [.. _images.Values.Where(image => image.State == state)];
}
