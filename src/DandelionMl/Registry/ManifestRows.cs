using DandelionMl.Data;

namespace DandelionMl.Registry;

/// <summary>Training manifests as rows of <c>model_manifest_images</c>.</summary>
internal static class ManifestRows
{
    private const string Train = "train";
    private const string Test = "test";

    /// <exception cref="ArgumentException">An image is in the manifest twice.</exception>
    public static TrainingManifest InCanonicalOrder(TrainingManifest manifest)
    {
        var images = manifest.Images.OrderBy(image => image.Sha256, StringComparer.Ordinal).ToList();
        for (var i = 1; i < images.Count; i++)
        {
            if (images[i].Sha256 == images[i - 1].Sha256)
            {
                throw new ArgumentException($"Image {images[i].Sha256} is in the training manifest twice.", nameof(manifest));
            }
        }

        return new TrainingManifest(images);
    }

    public static async Task InsertAsync(DatabaseSession session, int version, TrainingManifest manifest)
    {
        foreach (var batch in manifest.Images.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var image in batch)
            {
                rows.Add(version, image.Sha256, image.Label, image.Split == DataSplit.Train ? Train : Test);
            }

            await session.ExecuteAsync(
                $"INSERT INTO model_manifest_images (version, sha256, label, split) VALUES {rows}", rows.Parameters);
        }
    }

    public static async Task<TrainingManifest> SelectAsync(DatabaseSession session, int version) => InCanonicalOrder(new TrainingManifest(
        await session.QueryAsync(
            "SELECT sha256, label, split FROM model_manifest_images WHERE version = @version",
            new { version },
            static row => new ManifestImage(
                row.GetFieldValue<string>(0),
                row.GetFieldValue<string>(1),
                row.GetFieldValue<string>(2) == Train ? DataSplit.Train : DataSplit.Test))));
}
