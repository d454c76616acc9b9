using DandelionMl.Backbones;
using DandelionMl.Registry;

namespace DandelionMl.IntegrationTests.Postgres;

internal static class Registrations
{
    /// <summary>A small valid registration.</summary>
    public static ModelRegistration Small() => new(
        new ModelArtifact
        {
            Labels = ["dandelion", "grass"],
            Space = new EmbeddingSpace("dinov2-vits14", "squash"),
            BackboneSha256 = new string('0', 64),
            Weights = [0.5f, -1, 2],
            Bias = [0.25f],
        },
        new TrainingManifest([
            new(new string('1', 64), "dandelion", DataSplit.Train), new(new string('2', 64), "grass", DataSplit.Test)]),
        "{}",
        new ModelMetrics
        {
            Images = 1,
            Accuracy = 1,
            Loss = 0.0625,
            ExpectedCalibrationError = 0.125,
            Classes = [new("dandelion", 0, 0, 0), new("grass", 1, 1, 1)],
            ConfusionMatrix = [[0, 0], [0, 1]],
        });
}
