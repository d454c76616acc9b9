using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>The rows of <c>erasures</c>: objects of erased photos that are still to be deleted.</summary>
internal static class ErasureRows
{
    public static Task<int> AddAsync(DatabaseSession session, long imageId, string key) => session.ExecuteAsync(
        "INSERT INTO erasures (image_id, storage_key) VALUES (@id, @key) ON CONFLICT DO NOTHING", [("id", imageId), ("key", key)]);

    public static Task<List<Erasure>> ListAsync(DatabaseSession session) => session.QueryAsync(
        """
        SELECT e.image_id, e.storage_key, p.sha256, u.original_sha256
        FROM erasures e JOIN plants_data p ON p.id = e.image_id LEFT JOIN uploads u ON u.image_id = e.image_id
        ORDER BY e.image_id, e.storage_key
        """,
        [],
        static row => new Erasure(row.GetFieldValue<long>(0), row.GetFieldValue<string>(1), [.. Text(row, 2), .. Text(row, 3)]));

    /// <summary>SHA-256 of the bytes that erased photos have had.</summary>
    public static async Task<IReadOnlyList<string>> ListHashesAsync(DatabaseSession session)
    {
        var rows = await session.QueryAsync(
            """
            SELECT p.sha256, u.original_sha256
            FROM plants_data p LEFT JOIN uploads u ON u.image_id = p.id
            WHERE p.state = 'erased'
            """,
            [],
            static row => (string[])[.. Text(row, 0), .. Text(row, 1)]).ConfigureAwait(false);
        return [.. rows.SelectMany(hashes => hashes)];
    }

    private static string[] Text(DbDataReader row, int column) => row.IsDBNull(column) ? [] : [row.GetFieldValue<string>(column)];

    public static Task<int> RemoveAsync(DatabaseSession session, Erasure erasure) => session.ExecuteAsync(
        "DELETE FROM erasures WHERE image_id = @id AND storage_key = @key", [("id", erasure.ImageId), ("key", erasure.Key)]);
}

/// <summary>An object that is to be deleted.</summary>
/// <param name="ImageId">The erased photo.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Hashes">SHA-256 of the bytes that the photo has had.</param>
internal sealed record Erasure(long ImageId, string Key, IReadOnlyList<string> Hashes);
