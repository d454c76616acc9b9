using DandelionMl.Backbones;
using DandelionMl.Registry;

namespace DandelionMl.IntegrationTests.Postgres;

internal static class Registrations
{
    /// <summary>A small valid registration.</summary>
    public static ModelRegistration Small() => new(
        new ModelArtifact(["dandelion", "grass"], new EmbeddingSpace("dinov2-vits14", "squash"), new string('0', 64), [0.5f, -1, 2], [0.25f]),
        new TrainingManifest([
            new(new string('1', 64), "dandelion", DataSplit.Train), new(new string('2', 64), "grass", DataSplit.Test)]),
        "{}",
        new ModelMetrics(1, 1, 0.0625, 0.125, [new("dandelion", 0, 0, 0), new("grass", 1, 1, 1)], [[0, 0], [0, 1]]));
}
