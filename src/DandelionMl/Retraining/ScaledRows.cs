using DandelionMl.Catalog;
using DandelionMl.Data;

namespace DandelionMl.Retraining;

/// <summary>Puts a scaled-down copy in the place of a validated photo.</summary>
internal static class ScaledRows
{
    private const string ReplaceSql =
        """
        UPDATE plants_data SET state = @state, sha256 = @sha256, size_bytes = @size, storage_key = @key, url_s3 = @url, updated_at = @now
        WHERE id = @id AND state = @validated
        """;

    private const string OriginalSql =
        "UPDATE uploads SET original_sha256 = @originalSha256, original_key = @originalKey WHERE image_id = @id";

    public static async Task<int> ReplaceAsync(
        DatabaseSession session, long id, string originalSha256, string? originalKey, StoredContent scaled, DateTimeOffset now)
    {
        // Two photos may be the same once they are small: the first stands for both.
        var twin = await ImageRows.FindBySha256Async(session, scaled.Sha256);
        var content = twin?.Content ?? scaled;
        var changed = await session.ExecuteAsync(ReplaceSql, new
        {
            id,
            state = twin is null ? ImageStateText.Stored : ImageStateText.Duplicate,
            sha256 = content.Sha256,
            size = content.Size,
            key = content.Key,
            url = content.Url.AbsoluteUri,
            now,
            validated = ImageStateText.Validated,
        });
        if (changed == 1)
        {
            await session.ExecuteAsync(OriginalSql, new { id, originalSha256, originalKey });
        }

        return changed;
    }
}
