using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Tells which versions of the model learned from photos that were erased since. Thread-safe.</summary>
internal sealed class ErasedTrainingPhotos(Database database)
{
    // From the few photos that are erased to the manifests that name them, by their index.
    private const string CountSql =
        """
        SELECT version, COUNT(DISTINCT image_id)
        FROM (
            SELECT i.version AS version, p.id AS image_id
            FROM plants_data p JOIN model_manifest_images i ON i.sha256 = p.sha256
            WHERE p.state = 'erased' AND i.split = 'train'
            UNION ALL
            SELECT i.version AS version, p.id AS image_id
            FROM plants_data p JOIN uploads u ON u.image_id = p.id JOIN model_manifest_images i ON i.sha256 = u.original_sha256
            WHERE p.state = 'erased' AND i.split = 'train') learned
        GROUP BY version
        """;

    /// <summary>For each version that learned from photos that are erased now, how many these are.</summary>
    public async Task<IReadOnlyDictionary<int, int>> CountAsync(CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            session => session.QueryAsync(
                CountSql, [], static row => (Version: checked((int)row.GetFieldValue<long>(0)), Photos: checked((int)row.GetFieldValue<long>(1)))),
            cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Version, item => item.Photos);
}
