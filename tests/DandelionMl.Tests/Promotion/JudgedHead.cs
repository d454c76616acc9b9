using DandelionMl.Backbones;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Tests.Promotion;

/// <summary>A head as the gate is given it, without a registry.</summary>
internal static class JudgedHead
{
    public static JudgedModel Of(
        LinearHead head, IReadOnlyList<string> labels, IReadOnlyList<ManifestImage> images, IReadOnlyDictionary<string, ReadOnlyMemory<float>> embeddings, int version = 1) => new(
        new ModelVersion
        {
            Version = version,
            State = ModelState.Candidate,
            ArtifactKey = "",
            ArtifactSha256 = "",
            Space = new EmbeddingSpace("b", "p"),
            BackboneSha256 = "",
            Labels = labels,
            ManifestSha256 = "",
            Options = "{}",
            Metrics = new ModelMetrics
            {
                Images = 0,
                Accuracy = 0,
                Loss = 0,
                ExpectedCalibrationError = 0,
                Classes = [],
                ConfusionMatrix = [],
            },
            CreatedAt = default,
        },
        head, new TrainingManifest(images), embeddings);
}
