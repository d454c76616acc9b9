using System.Runtime.CompilerServices;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;
using DandelionMl.Labels;

namespace DandelionMl.Catalog;

/// <summary>The catalog in table <c>plants_data</c> of a relational database.</summary>
internal sealed class SqlImageCatalog : IImageCatalog
{
    internal const int MaxSourceLength = 2048;
    private const int PageSize = 500;

    private readonly Database _database;
    private readonly TimeProvider _time;

    public SqlImageCatalog(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    public async Task<int> RegisterAsync(IReadOnlyCollection<ManifestEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var entry in entries)
        {
            Check(entry);
        }

        if (entries.Count == 0)
        {
            return 0;
        }

        // In one order, whoever registers: of two transactions that insert the same rows none waits for the other in a circle.
        var now = _time.GetUtcMicroseconds();
        var ordered = entries.DistinctBy(entry => entry.UrlSource, StringComparer.Ordinal)
            .OrderBy(entry => entry.UrlSource, StringComparer.Ordinal).ToList();
        return await _database.WriteIdempotentAsync(session => ImageWriter.RegisterAsync(session, ordered, now), cancellationToken).ConfigureAwait(false);
    }

    public async Task<CatalogImage> MarkStoredAsync(long id, StoredContent content, CancellationToken cancellationToken = default) =>
        (await MarkStoredAsync([KeyValuePair.Create(id, content)], cancellationToken).ConfigureAwait(false))[0];

    public async Task<IReadOnlyList<CatalogImage>> MarkStoredAsync(
        IReadOnlyList<KeyValuePair<long, StoredContent>> images, CancellationToken cancellationToken = default)
    {
        StoredRows.Check(images);
        var now = _time.GetUtcMicroseconds();
        var batches = images.Chunk(SqlRows.BatchSize).Select(batch => new StoredRows(batch, now)).ToList();
        return await _database.WriteIdempotentAsync(
            async session =>
            {
                var marked = new List<CatalogImage>(images.Count);
                foreach (var batch in batches)
                {
                    await batch.WriteAsync(session).ConfigureAwait(false);
                    marked.AddRange(batch.InOrder(await SelectAsync(session, "id", batch.Ids).ConfigureAwait(false)));
                }

                return marked;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public Task<bool> MarkLostAsync(long id, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(session => ImageWriter.LoseAsync(session, id, _time.GetUtcMicroseconds()), cancellationToken);

    public async Task<IReadOnlySet<long>> FindCorrectedAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var found = await _database.ReadAsync(
            session => SelectAsync(session, "id", ids, ImageRows.IsCorrected), cancellationToken).ConfigureAwait(false);
        return found.Select(image => image.Id).ToHashSet();
    }

    public Task<CatalogImage?> FindAsync(long id, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ImageRows.FindAsync(session, id), cancellationToken);

    public Task<CatalogImage?> FindBySourceAsync(string urlSource, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(
            session => session.FirstOrDefaultAsync(
                $"SELECT {ImageRows.Columns} FROM plants_data WHERE url_source = @urlSource", [("urlSource", urlSource)], ImageRows.Read),
            cancellationToken);

    public async Task<IReadOnlyDictionary<string, CatalogImage>> FindBySourceAsync(
        IReadOnlyCollection<string> urlSources, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(urlSources);
        var found = await _database.ReadAsync(session => SelectAsync(session, "url_source", urlSources), cancellationToken).ConfigureAwait(false);
        return found.ToDictionary(image => image.UrlSource, StringComparer.Ordinal);
    }

    public Task<CatalogImage?> FindBySha256Async(string sha256, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ImageRows.FindBySha256Async(session, sha256), cancellationToken);

    public async Task<IReadOnlyDictionary<string, CatalogImage>> FindBySha256Async(
        IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        var found = await _database.ReadAsync(
            session => SelectAsync(session, "sha256", sha256, $"{StoredRows.HoldsBytes} AND storage_key IS NOT NULL"), cancellationToken).ConfigureAwait(false);
        return found.ToDictionary(image => image.Content!.Sha256, StringComparer.Ordinal);
    }

    public async Task<IReadOnlyDictionary<string, CatalogImage>> FindByBytesAsync(
        IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        var found = new Dictionary<string, CatalogImage>(StringComparer.Ordinal);
        foreach (var batch in sha256.Distinct().Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var hash in batch)
            {
                rows.Add(hash);
            }

            // The hash that was asked for follows the row's own columns. The present bytes come last, and count.
            var sql =
                $"""
                WITH asked (hash) AS (VALUES {rows})
                SELECT {ImageRows.Columns}, asked.hash, 0 AS rank
                FROM asked JOIN uploads ON uploads.original_sha256 = asked.hash JOIN plants_data ON plants_data.id = uploads.image_id
                UNION ALL
                SELECT {ImageRows.Columns}, asked.hash, 1 AS rank
                FROM asked JOIN plants_data ON plants_data.sha256 = asked.hash AND plants_data.{StoredRows.HoldsBytes}
                ORDER BY rank
                """;
            var images = await _database.ReadAsync(
                session => session.QueryAsync(
                    sql, rows.Parameters, static row => (Hash: row.GetFieldValue<string>(ImageRows.ColumnCount), Image: ImageRows.Read(row))),
                cancellationToken).ConfigureAwait(false);
            foreach (var (hash, image) in images)
            {
                found[hash] = image;
            }
        }

        return found;
    }

    public async IAsyncEnumerable<CatalogImage> ListAsync(
        ImageState state, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // By pages, so that no connection and no snapshot is held while the caller works on what it was given.
        const string sql = $"SELECT {ImageRows.Columns} FROM plants_data WHERE state = @state AND id > @after ORDER BY id LIMIT @limit";
        var after = 0L;
        List<CatalogImage> page;
        do
        {
            SqlParameters parameters = [("state", ImageStateText.Of(state)), ("after", after), ("limit", PageSize)];
            page = await _database.ReadAsync(session => session.QueryAsync(sql, parameters, ImageRows.Read), cancellationToken).ConfigureAwait(false);
            foreach (var image in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return image;
                after = image.Id;
            }
        }
        while (page.Count == PageSize);
    }

    public async Task<IReadOnlyDictionary<string, long>> CountByLabelAsync(
        ImageState state, CancellationToken cancellationToken = default)
    {
        const string sql = "SELECT label, COUNT(*) FROM plants_data WHERE state = @state GROUP BY label";
        var counts = await _database.ReadAsync(
            session => session.QueryAsync(
                sql,
                [("state", ImageStateText.Of(state))],
                static row => KeyValuePair.Create(row.GetFieldValue<string>(0), row.GetFieldValue<long>(1))),
            cancellationToken).ConfigureAwait(false);
        return new Dictionary<string, long>(counts, StringComparer.Ordinal);
    }

    private static void Check(ManifestEntry entry)
    {
        ImageLabel.Check(entry.Label);
        if (entry.UrlSource.Length is 0 or > MaxSourceLength)
        {
            throw new ArgumentException($"A source has {entry.UrlSource.Length} characters; 1 to {MaxSourceLength} are accepted.");
        }
    }

    private static async Task<List<CatalogImage>> SelectAsync<T>(
        DatabaseSession session, string column, IReadOnlyCollection<T> values, string condition = "1 = 1")
    {
        var found = new List<CatalogImage>(values.Count);
        foreach (var batch in values.Distinct().Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var value in batch)
            {
                rows.Add(value);
            }

            found.AddRange(await session.QueryAsync(
                $"SELECT {ImageRows.Columns} FROM plants_data WHERE {column} IN (VALUES {rows}) AND {condition}", rows.Parameters, ImageRows.Read).ConfigureAwait(false));
        }

        return found;
    }
}
