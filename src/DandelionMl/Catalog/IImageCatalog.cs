using DandelionMl.Labels;

namespace DandelionMl.Catalog;

/// <summary>The table of known images (<c>plants_data</c>): where each came from, its label, where its bytes are. Thread-safe; several
/// processes may share one catalog.</summary>
public interface IImageCatalog
{
    /// <summary>Inserts the rows of a manifest whose <c>url_source</c> is not yet known, in one transaction, in state
    /// <see cref="ImageState.Registered"/>. A known row whose bytes never came takes the label that it is given now, unless a person gave
    /// it its label; of one source given several times the first counts.</summary>
    /// <param name="entries">Source and label of each image.</param>
    /// <param name="cancellationToken">Cancels the call; nothing is inserted then.</param>
    /// <returns>How many rows were inserted.</returns>
    /// <exception cref="InvalidLabelException">A label is not a text of 1 to 50 characters without control characters.</exception>
    /// <exception cref="ArgumentException">A source is empty or longer than 2,048 characters.</exception>
    Task<int> RegisterAsync(IReadOnlyCollection<ManifestEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>Records that an image's bytes are in the store. Call it after the object is written.</summary>
    /// <param name="id">The row.</param>
    /// <param name="content">What was stored.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The row as it is now: <see cref="ImageState.Stored"/>, or <see cref="ImageState.Duplicate"/> when another row already
    /// has the same bytes. Calling again changes nothing.</returns>
    /// <exception cref="ImageNotFoundException">The row was not found.</exception>
    Task<CatalogImage> MarkStoredAsync(long id, StoredContent content, CancellationToken cancellationToken = default);

    /// <summary>Does what <see cref="MarkStoredAsync(long, StoredContent, CancellationToken)"/> does for each of several images, in their
    /// order: of those with the same bytes the first stands for all. In one transaction where the catalog has such, by default one
    /// after the other.</summary>
    /// <param name="images">Each image's row and what was stored; no row twice.</param>
    /// <param name="cancellationToken">Cancels the call; it can be made again.</param>
    /// <returns>The rows as they are now, in the order of <paramref name="images"/>.</returns>
    /// <exception cref="ImageNotFoundException">The row was not found.</exception>
    async Task<IReadOnlyList<CatalogImage>> MarkStoredAsync(
        IReadOnlyList<KeyValuePair<long, StoredContent>> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var marked = new List<CatalogImage>(images.Count);
        foreach (var (id, content) in images)
        {
            marked.Add(await MarkStoredAsync(id, content, cancellationToken).ConfigureAwait(false));
        }

        return marked;
    }

    /// <summary>Records that a stored image's bytes are lost: its row is <see cref="ImageState.Registered"/> again, for the next ingestion to
    /// fetch them anew. A row in another state is left as it is.</summary>
    /// <param name="id">The row.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the row was changed.</returns>
    Task<bool> MarkLostAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Tells which rows have a label that a person gave, by a review or by a change of the training set. By default
    /// none.</summary>
    /// <param name="ids">The rows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlySet<long>> FindCorrectedAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlySet<long>>(new HashSet<long>());

    /// <summary>Finds a row.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<CatalogImage?> FindAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Finds the row of a source.</summary>
    /// <param name="urlSource">The source.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<CatalogImage?> FindBySourceAsync(string urlSource, CancellationToken cancellationToken = default);

    /// <summary>Does what <see cref="FindBySourceAsync(string, CancellationToken)"/> does for several sources; by default one after the
    /// other.</summary>
    /// <param name="urlSources">The sources.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The rows that there are, by their source.</returns>
    async Task<IReadOnlyDictionary<string, CatalogImage>> FindBySourceAsync(
        IReadOnlyCollection<string> urlSources, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(urlSources);
        var found = new Dictionary<string, CatalogImage>(StringComparer.Ordinal);
        foreach (var source in urlSources)
        {
            if (await FindBySourceAsync(source, cancellationToken).ConfigureAwait(false) is { } image)
            {
                found[source] = image;
            }
        }

        return found;
    }

    /// <summary>Finds the one row (never a <see cref="ImageState.Duplicate"/>) that has these bytes.</summary>
    /// <param name="sha256">SHA-256 of the bytes, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<CatalogImage?> FindBySha256Async(string sha256, CancellationToken cancellationToken = default);

    /// <summary>Does what <see cref="FindBySha256Async(string, CancellationToken)"/> does for several hashes; by default one after the
    /// other.</summary>
    /// <param name="sha256">SHA-256 of each image's bytes, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The rows that there are, by their hash.</returns>
    async Task<IReadOnlyDictionary<string, CatalogImage>> FindBySha256Async(
        IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        var found = new Dictionary<string, CatalogImage>(StringComparer.Ordinal);
        foreach (var hash in sha256)
        {
            if (await FindBySha256Async(hash, cancellationToken).ConfigureAwait(false) is { } image)
            {
                found[hash] = image;
            }
        }

        return found;
    }

    /// <summary>Finds the images that have these bytes, or had them: before their metadata were taken out, before they were scaled down, or
    /// before they were erased. By default those of <see cref="FindBySha256Async(IReadOnlyCollection{string}, CancellationToken)"/>.</summary>
    /// <param name="sha256">SHA-256 of each image's bytes, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The rows that there are, by the hash that was asked for.</returns>
    Task<IReadOnlyDictionary<string, CatalogImage>> FindByBytesAsync(
        IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default) => FindBySha256Async(sha256, cancellationToken);

    /// <summary>Lists the images in a state, by ascending id, streaming.</summary>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    IAsyncEnumerable<CatalogImage> ListAsync(ImageState state, CancellationToken cancellationToken = default);

    /// <summary>Counts the images in a state, by label.</summary>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyDictionary<string, long>> CountByLabelAsync(ImageState state, CancellationToken cancellationToken = default);
}

/// <summary>A line of a manifest.</summary>
/// <param name="UrlSource">Where the image comes from: an absolute URI. Unique in the catalog.</param>
/// <param name="Label">Its class, any name of 1 to 50 characters.</param>
public sealed record ManifestEntry(string UrlSource, string Label);

/// <summary>Bytes that are in the store.</summary>
/// <param name="Key">The object's key.</param>
/// <param name="Url">The object's address, kept as <c>url_s3</c>.</param>
/// <param name="Sha256">SHA-256 of the bytes, lower-case hexadecimal.</param>
/// <param name="Size">Their number.</param>
public sealed record StoredContent(string Key, Uri Url, string Sha256, long Size);

/// <summary>A row of the catalog.</summary>
public sealed record CatalogImage
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>Where the image comes from.</summary>
    public required string UrlSource { get; init; }

    /// <summary>Its class.</summary>
    public required string Label { get; init; }

    /// <summary>Its state.</summary>
    public required ImageState State { get; init; }

    /// <summary>Where its bytes are; null while they are not stored.</summary>
    public required StoredContent? Content { get; init; }

    /// <summary>When the row was inserted, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The state of an image.</summary>
public enum ImageState
{
    /// <summary>Known, its bytes not yet stored; the next ingestion takes it up.</summary>
    Registered,

    /// <summary>Its bytes are stored; part of the training set.</summary>
    Stored,

    /// <summary>Its bytes are those of another row, which stands for both in the training set.</summary>
    Duplicate,

    /// <summary>A user's photo that waits for a person's review; its label is the predicted one.</summary>
    Pending,

    /// <summary>A user's photo that a person gave its label; the next retraining takes it into the training set.</summary>
    Validated,

    /// <summary>A user's photo that a person refused: none of the classes, or unusable.</summary>
    Rejected,

    /// <summary>Taken out of the training set; models that saw it keep it in their manifest.</summary>
    Withdrawn,

    /// <summary>Erased: its bytes and embeddings are deleted for good. The row stays, so that the same bytes are never stored
    /// again.</summary>
    Erased,
}
