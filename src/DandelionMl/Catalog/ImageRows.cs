using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Catalog;

/// <summary>The rows of <c>plants_data</c>.</summary>
internal static class ImageRows
{
    public const string Columns =
        "id, url_source, label, state, storage_key, url_s3, sha256, size_bytes, created_at, updated_at";

    /// <summary>Number of <see cref="Columns"/>: where those of a join begin.</summary>
    public const int ColumnCount = 10;

    /// <summary>What is true of a row whose label a person gave.</summary>
    public const string IsCorrected =
        """
        (EXISTS (SELECT 1 FROM curation_events e WHERE e.image_id = plants_data.id AND e.action = 'relabel')
            OR EXISTS (SELECT 1 FROM uploads u WHERE u.image_id = plants_data.id AND u.decision IS NOT NULL))
        """;

    public static Task<CatalogImage?> FindAsync(DatabaseSession session, long id) => session.FirstOrDefaultAsync(
        $"SELECT {Columns} FROM plants_data WHERE id = @id", [("id", id)], Read);

    /// <summary>Finds the one row, never a duplicate, that has these bytes.</summary>
    public static Task<CatalogImage?> FindBySha256Async(DatabaseSession session, string sha256) => session.FirstOrDefaultAsync(
        $"SELECT {Columns} FROM plants_data WHERE sha256 = @sha256 AND state <> @duplicate",
        [("sha256", sha256), ("duplicate", ImageStateText.Duplicate)],
        Read);

    /// <summary>Whether a photo's row, or its original, points to an object.</summary>
    public static async Task<bool> IsReferencedAsync(DatabaseSession session, string key) => await session.ScalarAsync<long>(
        """
        SELECT (SELECT COUNT(*) FROM plants_data WHERE storage_key = @key) + (SELECT COUNT(*) FROM uploads WHERE original_key = @key)
        """,
        [("key", key)]).ConfigureAwait(false) > 0;

    /// <summary>Reads a row whose first columns are <see cref="Columns"/>.</summary>
    public static CatalogImage Read(DbDataReader row) => new()
    {
        Id = row.GetFieldValue<long>(0),
        UrlSource = row.GetFieldValue<string>(1),
        Label = row.GetFieldValue<string>(2),
        State = ImageStateText.Parse(row.GetFieldValue<string>(3)),
        Content = row.IsDBNull(4) ? null : ReadContent(row),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(8),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(9),
    };

    private static StoredContent ReadContent(DbDataReader row) => new(
        row.GetFieldValue<string>(4),
        new Uri(row.GetFieldValue<string>(5)),
        row.GetFieldValue<string>(6),
        row.GetFieldValue<long>(7));
}
