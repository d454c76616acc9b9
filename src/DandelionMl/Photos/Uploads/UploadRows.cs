using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Classification;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Writes the rows of <c>uploads</c>, what is known of a photo that a user sent beside its row in the catalog.</summary>
internal static class UploadRows
{
    private const string SourceScheme = "upload:";

    private const string InsertSql =
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
        var id = await ImageWriter.UploadAsync(session, SourceScheme + content.Sha256, prediction.Label, content, now).ConfigureAwait(false);
        if (id is not null)
        {
            await session.ExecuteAsync(
                InsertSql,
                [
                    ("id", id),
                    ("fileName", fileName),
                    ("label", prediction.Label),
                    ("probability", (double)prediction.Probability),
                    ("margin", (double)prediction.Margin),
                    ("version", (long)prediction.ModelVersion),
                    ("backbone", prediction.RequireBackbone().Space.BackboneId),
                    ("preprocessing", prediction.RequireBackbone().Space.PreprocessingId),
                    ("no", false),
                ]).ConfigureAwait(false);
        }

        return id;
    }

    /// <summary>Whether a row's source says that a user sent it.</summary>
    public static bool IsUpload(string urlSource) => urlSource.StartsWith(SourceScheme, StringComparison.Ordinal);

    /// <summary>Records what a photo was before its scaled-down copy took its place.</summary>
    public static Task<int> KeepOriginalAsync(DatabaseSession session, long id, string sha256, string? key) => session.ExecuteAsync(
        "UPDATE uploads SET original_sha256 = @sha256, original_key = @key WHERE image_id = @id",
        [("id", id), ("sha256", sha256), ("key", key)]);

    /// <summary>The keys of originals whose scaled-down copies joined the training set.</summary>
    public static Task<List<string>> ListOriginalKeysAsync(DatabaseSession session) => session.QueryAsync(
        "SELECT original_key FROM uploads WHERE original_key IS NOT NULL", [], static row => row.GetFieldValue<string>(0));
}
