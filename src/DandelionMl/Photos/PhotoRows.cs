using System.Data.Common;
using DandelionMl.Catalog;
using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Reads photos: rows of <c>plants_data</c>, table <c>p</c>, each with the row of <c>uploads</c>, table <c>u</c>, that belongs to
/// it.</summary>
internal static class PhotoRows
{
    /// <summary>All photos.</summary>
    public const string All = "plants_data p LEFT JOIN uploads u ON u.image_id = p.id";

    /// <summary>Users' photos.</summary>
    public const string Uploads = "uploads u JOIN plants_data p ON p.id = u.image_id";

    private const string Columns =
        """
        p.id, p.url_source, p.label, p.state, p.storage_key, p.url_s3, p.sha256, p.size_bytes, p.created_at, p.updated_at,
        u.image_id, u.file_name, u.predicted_label, u.probability, u.margin, u.model_version, u.backbone_id, u.preprocessing_id,
        u.leased_by, u.leased_until, u.decision, u.decided_by, u.decided_at, u.watermark, u.suggested_label,
        u.is_known
        """;

    /// <summary>Reads photos.</summary>
    /// <param name="session">The session.</param>
    /// <param name="tables"><see cref="All"/> or <see cref="Uploads"/>.</param>
    /// <param name="rest">What follows: <c>WHERE</c> and all after it.</param>
    /// <param name="parameters">Its parameters.</param>
    public static Task<List<Photo>> QueryAsync(DatabaseSession session, string tables, string rest, SqlParameters parameters) =>
        session.QueryAsync($"SELECT {Columns} FROM {tables} {rest}", parameters, Read);

    public static Task<Photo?> FindAsync(DatabaseSession session, long id) =>
        session.FirstOrDefaultAsync($"SELECT {Columns} FROM {All} WHERE p.id = @id", [("id", id)], Read);

    /// <summary>Finds the one photo, never a duplicate, that has these bytes, or had them before its metadata were taken out or it was scaled down.</summary>
    public static async Task<Photo?> FindBySha256Async(DatabaseSession session, string sha256) =>
        await session.FirstOrDefaultAsync(
            $"SELECT {Columns} FROM {All} WHERE p.sha256 = @sha256 AND p.state <> @duplicate",
            [("sha256", sha256), ("duplicate", ImageStateText.Duplicate)],
            Read).ConfigureAwait(false)
        ?? await session.FirstOrDefaultAsync(
            $"SELECT {Columns} FROM {All} WHERE p.id = (SELECT MIN(image_id) FROM uploads WHERE original_sha256 = @sha256)",
            [("sha256", sha256)],
            Read).ConfigureAwait(false);

    /// <summary>The photos that have some bytes, or had them before their metadata were taken out or they were scaled down; never a
    /// duplicate.</summary>
    /// <param name="session">The session.</param>
    /// <param name="sha256">SHA-256 of the bytes; at most <see cref="SqlRows.BatchSize"/>, and at least one.</param>
    /// <returns>The photos by the SHA-256 that was asked for.</returns>
    public static async Task<Dictionary<string, Photo>> FindEachAsync(DatabaseSession session, IReadOnlyCollection<string> sha256)
    {
        var hashes = new SqlRows().With("duplicate", ImageStateText.Duplicate);
        foreach (var hash in sha256)
        {
            hashes.Add(hash);
        }

        // Each part by its own index, however many photos there are; the bytes that a photo has come before those that another had.
        var found = await session.QueryAsync(
            $"""
            SELECT {Columns}, p.sha256, 0 AS place FROM {All} WHERE p.sha256 IN (VALUES {hashes}) AND p.state <> @duplicate
            UNION ALL
            SELECT {Columns}, u.original_sha256, 1 AS place FROM {Uploads} WHERE u.original_sha256 IN (VALUES {hashes})
            ORDER BY place, id
            """,
            hashes.Parameters,
            static row => (Sha256: row.GetFieldValue<string>(row.FieldCount - 2), Photo: Read(row))).ConfigureAwait(false);
        return found.DistinctBy(item => item.Sha256).ToDictionary(item => item.Sha256, item => item.Photo, StringComparer.Ordinal);
    }

    private static Photo Read(DbDataReader row) => new()
    {
        Image = ImageRows.Read(row),
        Upload = row.IsDBNull(ImageRows.ColumnCount) ? null : ReadUpload(row, ImageRows.ColumnCount + 1),
    };

    private static PhotoUpload ReadUpload(DbDataReader row, int first) => new()
    {
        FileName = row.IsDBNull(first) ? null : row.GetFieldValue<string>(first),
        PredictedLabel = row.GetFieldValue<string>(first + 1),
        Probability = (float)row.GetFieldValue<double>(first + 2),
        Margin = (float)row.GetFieldValue<double>(first + 3),
        ModelVersion = checked((int)row.GetFieldValue<long>(first + 4)),
        Space = new EmbeddingSpace(row.GetFieldValue<string>(first + 5), row.GetFieldValue<string>(first + 6)),
        Holder = row.IsDBNull(first + 7) ? null : row.GetFieldValue<string>(first + 7),
        HeldUntil = row.IsDBNull(first + 7) ? null : row.GetFieldValue<DateTimeOffset>(first + 8),
        Review = row.IsDBNull(first + 9)
            ? null
            : new PhotoReview(
                PhotoActionText.Parse(row.GetFieldValue<string>(first + 9)),
                row.GetFieldValue<string>(first + 10),
                row.GetFieldValue<DateTimeOffset>(first + 11)),
        Watermark = row.IsDBNull(first + 12) ? null : row.GetFieldValue<long>(first + 12),
        SuggestedLabel = row.IsDBNull(first + 13) ? null : row.GetFieldValue<string>(first + 13),
        IsKnown = row.IsDBNull(first + 14) ? null : row.GetFieldValue<bool>(first + 14),
    };
}
