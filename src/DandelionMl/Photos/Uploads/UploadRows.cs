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
            drawn_at_random, original_sha256, receipt_sha256, is_known, random_rank,
            shadow_version, shadow_label)
        VALUES (@id, @fileName, @label, @probability, @margin, @version, @backbone, @preprocessing, @no, @original, @receipt, @known,
            @randomRank, @shadowVersion, @shadowLabel)
        """;

    /// <summary>Inserts a photo that waits for review.</summary>
    /// <param name="session">A write transaction.</param>
    /// <param name="prediction">The prediction for the photo as it came.</param>
    /// <param name="shadow">What the shadow says of it; null if there is none.</param>
    /// <param name="content">What was stored of it.</param>
    /// <param name="fileName">What its sender calls it.</param>
    /// <param name="receipt">Hash of the sender's receipt.</param>
    /// <param name="now">The time.</param>
    /// <returns>Its id; null if there is a row with its bytes already.</returns>
    public static async Task<long?> InsertAsync(
        DatabaseSession session, Prediction prediction, ShadowAnswer? shadow, StoredContent content, string? fileName, string receipt, DateTimeOffset now)
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
                    ("original", prediction.Sha256 == content.Sha256 ? null : prediction.Sha256),
                    ("receipt", receipt),
                    ("known", prediction.IsKnown),
                    ("randomRank", ReviewCandidate.RandomRankOf(content.Sha256)),
                    ("shadowVersion", (long?)shadow?.Version),
                    ("shadowLabel", shadow?.Label),
                ]).ConfigureAwait(false);
        }

        return id;
    }

    /// <summary>Whether a row's source says that a user sent it.</summary>
    public static bool IsUpload(string urlSource) => urlSource.StartsWith(SourceScheme, StringComparison.Ordinal);

    /// <summary>Records what a photo was before its scaled-down copy took its place; one whose metadata were taken out stays known by the
    /// bytes it came with.</summary>
    public static Task<int> KeepOriginalAsync(DatabaseSession session, long id, string sha256, string? key) => session.ExecuteAsync(
        "UPDATE uploads SET original_sha256 = COALESCE(original_sha256, @sha256), original_key = @key WHERE image_id = @id",
        [("id", id), ("sha256", sha256), ("key", key)]);

    /// <summary>Finds the photo of a receipt.</summary>
    public static Task<long?> FindByReceiptAsync(DatabaseSession session, string hash) => session.ScalarAsync<long?>(
        "SELECT image_id FROM uploads WHERE receipt_sha256 = @hash", [("hash", hash)]);

    /// <summary>Keeps what a photo's sender says is on it, while it waits for review.</summary>
    public static Task<int> SuggestAsync(DatabaseSession session, string receiptHash, string label) => session.ExecuteAsync(
        """
        UPDATE uploads SET suggested_label = @label
        WHERE receipt_sha256 = @hash AND image_id IN (SELECT id FROM plants_data WHERE state = @pending)
        """,
        [("label", label), ("hash", receiptHash), ("pending", ImageStateText.Pending)]);

    /// <summary>The key of a photo's original; null if it has none.</summary>
    public static Task<string?> FindOriginalKeyAsync(DatabaseSession session, long id) => session.ScalarAsync<string?>(
        "SELECT original_key FROM uploads WHERE image_id = @id", [("id", id)]);

    /// <summary>Drops what a photo's sender called it and said of it, and where its original was.</summary>
    public static Task<int> EraseAsync(DatabaseSession session, long id) => session.ExecuteAsync(
        """
        UPDATE uploads SET file_name = NULL, suggested_label = NULL, original_key = NULL, leased_by = NULL, leased_until = NULL
        WHERE image_id = @id
        """,
        [("id", id)]);

    /// <summary>The keys of originals whose scaled-down copies joined the training set.</summary>
    public static Task<List<string>> ListOriginalKeysAsync(DatabaseSession session) => session.QueryAsync(
        "SELECT original_key FROM uploads WHERE original_key IS NOT NULL", [], static row => row.GetFieldValue<string>(0));
}
