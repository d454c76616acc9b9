using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Registry;

/// <summary>Training manifests as rows of <c>model_manifest_images</c>.</summary>
internal static class ManifestRows
{
    private const string Train = "train";
    private const string Test = "test";

    // Of an image that leads its own group, as most do.
    private const string Itself = "";

    private static readonly string[] Columns = ["version", "sha256", "label", "split", "leader"];

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

    public static Task InsertAsync(DatabaseSession session, int version, TrainingManifest manifest) => session.InsertNewAsync(
        "model_manifest_images",
        Columns,
        [.. manifest.Images.Select(image => new object?[]
        {
            (long)version, image.Sha256, image.Label, image.Split == DataSplit.Train ? Train : Test,
            image.Leader == image.Sha256 ? Itself : image.Leader,
        })]);

    public static async Task<TrainingManifest> SelectAsync(DatabaseSession session, int version) => InCanonicalOrder(new TrainingManifest(
        await session.QueryAsync(
            "SELECT sha256, label, split, leader FROM model_manifest_images WHERE version = @version",
            [("version", version)],
            ReadImage).ConfigureAwait(false)));

    public static async Task<IReadOnlyList<ImageUse>> SelectUsesAsync(DatabaseSession session, string sha256) => await session.QueryAsync(
        """
        SELECT v.version, v.state, i.label, i.split
        FROM model_manifest_images i JOIN model_versions v ON v.version = i.version
        WHERE i.sha256 = @sha256 AND v.state <> @reserved
        ORDER BY v.version DESC
        """,
        [("sha256", sha256), ("reserved", ModelStateText.Reserved)],
        static row => new ImageUse(
            checked((int)row.GetFieldValue<long>(0)),
            ModelStateText.Parse(row.GetFieldValue<string>(1)),
            row.GetFieldValue<string>(2),
            ParseSplit(row.GetFieldValue<string>(3)))).ConfigureAwait(false);

    private static ManifestImage ReadImage(DbDataReader row)
    {
        var image = new ManifestImage(row.GetFieldValue<string>(0), row.GetFieldValue<string>(1), ParseSplit(row.GetFieldValue<string>(2)));
        var leader = row.IsDBNull(3) ? null : row.GetFieldValue<string>(3);
        return image with { Leader = leader == Itself ? image.Sha256 : leader };
    }

    private static DataSplit ParseSplit(string text) => text == Train ? DataSplit.Train : DataSplit.Test;
}
