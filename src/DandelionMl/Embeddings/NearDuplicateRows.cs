using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>The rows of <c>near_duplicates</c>: the leader of each photo's group.</summary>
internal static class NearDuplicateRows
{
    private const string InSpace = "backbone_id = @backbone AND preprocessing_id = @preprocessing";

    private static readonly string[] Columns = ["backbone_id", "preprocessing_id", "sha256", "leader", "threshold"];

    /// <summary>The leaders of a space's photos that were found at a threshold, by SHA-256.</summary>
    public static async Task<Dictionary<string, string>> SelectAsync(DatabaseSession session, EmbeddingSpace space, float threshold)
    {
        var leaders = new Dictionary<string, string>(StringComparer.Ordinal);

        // Most lead their own group: one text for both.
        await session.ForEachAsync(
            $"SELECT sha256, NULLIF(leader, sha256) FROM near_duplicates WHERE {InSpace} AND threshold = @threshold",
            Parameters(space, threshold),
            row =>
            {
                var sha256 = row.GetFieldValue<string>(0);
                leaders[sha256] = row.IsDBNull(1) ? sha256 : row.GetFieldValue<string>(1);
            }).ConfigureAwait(false);
        return leaders;
    }

    /// <summary>Keeps leaders; one that is kept stays, unless it was found at another threshold.</summary>
    public static async Task<int> InsertAsync(
        DatabaseSession session, EmbeddingSpace space, float threshold, IEnumerable<KeyValuePair<string, string>> leaders)
    {
        await session.ExecuteAsync($"DELETE FROM near_duplicates WHERE {InSpace} AND threshold <> @threshold", Parameters(space, threshold)).ConfigureAwait(false);
        return await session.InsertNewAsync(
            "near_duplicates",
            Columns,
            [.. leaders.Select(item => new object?[] { space.BackboneId, space.PreprocessingId, item.Key, item.Value, (double)threshold })]).ConfigureAwait(false);
    }

    /// <summary>Deletes the rows of photos, in all spaces. Others that they lead stay together.</summary>
    public static Task<int> DeleteAsync(DatabaseSession session, SqlRows hashes) =>
        session.ExecuteAsync($"DELETE FROM near_duplicates WHERE sha256 IN (VALUES {hashes})", hashes.Parameters);

    private static SqlParameters Parameters(EmbeddingSpace space, float threshold) =>
        [("backbone", space.BackboneId), ("preprocessing", space.PreprocessingId), ("threshold", (double)threshold)];
}
