using System.Data.Common;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>The rows of <c>uploads</c>, each read with its image's.</summary>
internal static class UploadRows
{
    private const string SourceScheme = "upload:";

    private const string Select =
        $"""
        SELECT {ImageColumns}, u.file_name, u.predicted_label, u.probability, u.margin, u.model_version, u.backbone_id, u.preprocessing_id,
            u.leased_by, u.leased_until, u.decision, u.decided_by, u.decided_at, u.watermark
        FROM uploads u JOIN plants_data p ON p.id = u.image_id
        """;

    private const string ImageColumns =
        "p.id, p.url_source, p.label, p.state, p.storage_key, p.url_s3, p.sha256, p.size_bytes, p.created_at, p.updated_at";

    private const string InsertImageSql =
        """
        INSERT INTO plants_data (url_source, label, state, storage_key, url_s3, sha256, size_bytes, created_at, updated_at)
        VALUES (@source, @label, @state, @key, @url, @sha256, @size, @now, @now)
        ON CONFLICT DO NOTHING
        RETURNING id
        """;

    private const string InsertUploadSql =
        """
        INSERT INTO uploads (image_id, file_name, predicted_label, probability, margin, model_version, backbone_id, preprocessing_id,
            drawn_at_random)
        VALUES (@id, @fileName, @label, @probability, @margin, @version, @backbone, @preprocessing, @no)
        """;

    /// <summary>Inserts a photo that waits for review.</summary>
    /// <returns>Its id; null if there is a row with its bytes already.</returns>
    public static async Task<long?> InsertAsync(
        DatabaseSession session, Prediction prediction, StoredContent content, string? fileName, DateTimeOffset now)
    {
        var id = await session.ScalarAsync<long?>(InsertImageSql, new
        {
            source = SourceScheme + content.Sha256,
            label = prediction.Label,
            state = ImageStateText.Pending,
            key = content.Key,
            url = content.Url.AbsoluteUri,
            sha256 = content.Sha256,
            size = content.Size,
            now,
        });
        if (id is not null)
        {
            await session.ExecuteAsync(InsertUploadSql, new
            {
                id,
                fileName,
                label = prediction.Label,
                probability = (double)prediction.Probability,
                margin = (double)prediction.Margin,
                version = (long)prediction.ModelVersion,
                backbone = prediction.RequireBackbone().Space.BackboneId,
                preprocessing = prediction.RequireBackbone().Space.PreprocessingId,
                no = false,
            });
        }

        return id;
    }

    /// <summary>Whether a row's source says that a user sent it.</summary>
    public static bool IsUpload(string urlSource) => urlSource.StartsWith(SourceScheme, StringComparison.Ordinal);

    /// <summary>The keys of originals whose scaled-down copies joined the training set.</summary>
    public static Task<List<string>> ListOriginalKeysAsync(DatabaseSession session) => session.QueryAsync(
        "SELECT original_key FROM uploads WHERE original_key IS NOT NULL", null, static row => row.GetFieldValue<string>(0));

    /// <summary>Reads uploads.</summary>
    /// <param name="session">The session.</param>
    /// <param name="rest">What follows the join: <c>WHERE</c> and all after it; tables <c>p</c> and <c>u</c>.</param>
    /// <param name="parameters">Its parameters.</param>
    public static Task<List<UploadedPhoto>> QueryAsync(DatabaseSession session, string rest, object? parameters) =>
        session.QueryAsync($"{Select} {rest}", parameters, Read);

    public static Task<UploadedPhoto?> FindAsync(DatabaseSession session, long id) =>
        session.FirstOrDefaultAsync($"{Select} WHERE p.id = @id", new { id }, Read);

    private static UploadedPhoto Read(DbDataReader row)
    {
        const int first = ImageRows.ColumnCount;
        return new UploadedPhoto(
            ImageRows.Read(row),
            row.IsDBNull(first) ? null : row.GetFieldValue<string>(first),
            row.GetFieldValue<string>(first + 1),
            (float)row.GetFieldValue<double>(first + 2),
            (float)row.GetFieldValue<double>(first + 3),
            checked((int)row.GetFieldValue<long>(first + 4)),
            new EmbeddingSpace(row.GetFieldValue<string>(first + 5), row.GetFieldValue<string>(first + 6)),
            row.IsDBNull(first + 7)
                ? null
                : new PhotoLease(row.GetFieldValue<string>(first + 7), row.GetFieldValue<DateTimeOffset>(first + 8)),
            row.IsDBNull(first + 9)
                ? null
                : new PhotoReview(
                    ReviewActionText.Parse(row.GetFieldValue<string>(first + 9)),
                    row.GetFieldValue<string>(first + 10),
                    row.GetFieldValue<DateTimeOffset>(first + 11)),
            row.IsDBNull(first + 12) ? null : row.GetFieldValue<long>(first + 12));
    }
}
