using System.Text.Json;
using DandelionMl.Mlflow.Client;
using DandelionMl.Registry;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>The photos of a training as two data sets: those that it was fitted on, and those that it was measured on.</summary>
internal static class TrainingData
{
    public const string TestPhotos = "test-photos";

    private const string TrainingPhotos = "training-photos";

    /// <summary>As long as a digest may be.</summary>
    public static string Digest(ModelVersion model) => model.ManifestSha256[..Math.Min(model.ManifestSha256.Length, 36)];

    public static IReadOnlyList<DatasetInput> Of(ModelVersion model, TrainingManifest manifest) =>
    [
        Side(model, manifest, DataSplit.Train, TrainingPhotos, "training"),
        Side(model, manifest, DataSplit.Test, TestPhotos, "evaluation"),
    ];

    private static DatasetInput Side(ModelVersion model, TrainingManifest manifest, DataSplit split, string name, string context)
    {
        var labels = manifest.Images.Where(image => image.Split == split).CountBy(image => image.Label, StringComparer.Ordinal)
            .OrderBy(label => label.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var profile = JsonSerializer.Serialize(new Profile(labels.Values.Sum(), labels), MlflowJson.Default.Profile);
        return new DatasetInput(
            new Dataset(name, Digest(model), "code", $$$"""{"tags": {"dandelion.manifest": "{{{model.ManifestSha256}}}"}}""", profile),
            [new Tag("mlflow.data.context", context)]);
    }
}
