using System.Runtime.CompilerServices;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Catalog;

/// <summary>The catalog in table <c>plants_data</c> of a relational database.</summary>
internal sealed class SqlImageCatalog : IImageCatalog
{
    internal const int MaxSourceLength = 2048;
    private const int PageSize = 500;

    // Loses against whichever row has taken the bytes before: a unique index holds where two transactions race.
    private const string StoreSql =
        """
        UPDATE plants_data
        SET state = @stored, storage_key = @key, url_s3 = @url, sha256 = @sha256, size_bytes = @size, updated_at = @now
        WHERE id = @id AND state = @registered
            AND NOT EXISTS (SELECT 1 FROM plants_data WHERE sha256 = @sha256 AND state <> @duplicate)
        """;

    private const string DuplicateSql =
        """
        UPDATE plants_data
        SET state = @duplicate, sha256 = @sha256, updated_at = @now,
            (storage_key, url_s3, size_bytes) =
                (SELECT storage_key, url_s3, size_bytes FROM plants_data WHERE sha256 = @sha256 AND state <> @duplicate)
        WHERE id = @id AND state = @registered
        """;

    private const string LostSql =
        """
        UPDATE plants_data
        SET state = @registered, storage_key = NULL, url_s3 = NULL, sha256 = NULL, size_bytes = NULL, updated_at = @now
        WHERE id = @id AND state = @stored
        """;

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
        var ordered = entries.OrderBy(entry => entry.UrlSource, StringComparer.Ordinal);
        return await _database.WriteIdempotentAsync(session => InsertAsync(session, ordered), cancellationToken);
    }

    public async Task<CatalogImage> MarkStoredAsync(long id, StoredContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ContentHash.Check(content.Sha256, nameof(content));
        StorageKeys.Validate(content.Key);
        var parameters = new
        {
            id,
            key = content.Key,
            url = content.Url.AbsoluteUri,
            sha256 = content.Sha256,
            size = content.Size,
            now = _time.GetUtcMicroseconds(),
            registered = ImageStateText.Registered,
            stored = ImageStateText.Stored,
            duplicate = ImageStateText.Duplicate,
        };
        return await _database.WriteIdempotentAsync(
            async session =>
            {
                if (await session.ExecuteAsync(StoreSql, parameters) == 0)
                {
                    await session.ExecuteAsync(DuplicateSql, parameters);
                }

                return await ImageRows.FindAsync(session, id) ?? throw new ImageNotFoundException(id);
            },
            cancellationToken);
    }

    public async Task<bool> MarkLostAsync(long id, CancellationToken cancellationToken = default) => await _database.WriteAsync(
        session => session.ExecuteAsync(
            LostSql,
            new { id, now = _time.GetUtcMicroseconds(), registered = ImageStateText.Registered, stored = ImageStateText.Stored }),
        cancellationToken) > 0;

    public Task<CatalogImage?> FindAsync(long id, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ImageRows.FindAsync(session, id), cancellationToken);

    public Task<CatalogImage?> FindBySourceAsync(string urlSource, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(
            session => session.FirstOrDefaultAsync(
                $"SELECT {ImageRows.Columns} FROM plants_data WHERE url_source = @urlSource", new { urlSource }, ImageRows.Read),
            cancellationToken);

    public Task<CatalogImage?> FindBySha256Async(string sha256, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ImageRows.FindBySha256Async(session, sha256), cancellationToken);

    public async IAsyncEnumerable<CatalogImage> ListAsync(
        ImageState state, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // By pages, so that no connection and no snapshot is held while the caller works on what it was given.
        const string sql = $"SELECT {ImageRows.Columns} FROM plants_data WHERE state = @state AND id > @after ORDER BY id LIMIT @limit";
        var after = 0L;
        List<CatalogImage> page;
        do
        {
            var parameters = new { state = ImageStateText.Of(state), after, limit = PageSize };
            page = await _database.ReadAsync(session => session.QueryAsync(sql, parameters, ImageRows.Read), cancellationToken);
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
                new { state = ImageStateText.Of(state) },
                static row => KeyValuePair.Create(row.GetFieldValue<string>(0), row.GetFieldValue<long>(1))),
            cancellationToken);
        return new Dictionary<string, long>(counts, StringComparer.Ordinal);
    }

    private static void Check(ManifestEntry entry)
    {
        ImageLabel.Check(entry.Label);
        if (entry.UrlSource.Length is 0 or > MaxSourceLength)
        {
            throw new ArgumentException($"A source has {entry.UrlSource.Length} characters; 1 to {MaxSourceLength} are taken.");
        }
    }

    private async Task<int> InsertAsync(DatabaseSession session, IEnumerable<ManifestEntry> entries)
    {
        var now = _time.GetUtcMicroseconds();
        var inserted = 0;
        foreach (var batch in entries.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var entry in batch)
            {
                rows.Add(entry.UrlSource, entry.Label, ImageStateText.Registered, now, now);
            }

            inserted += await session.ExecuteAsync(
                $"""
                INSERT INTO plants_data (url_source, label, state, created_at, updated_at)
                VALUES {rows}
                ON CONFLICT (url_source) DO NOTHING
                """,
                rows.Parameters);
        }

        return inserted;
    }
}
