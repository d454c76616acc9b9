using DandelionMl.Embeddings;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using DandelionMl.Training.LearningCurves;

namespace DandelionMl.Tests.Training.LearningCurves;

public sealed class LearningCurveReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_without_a_version_says_what_to_do()
    {
        await using var loop = new TestLoop();

        var refused = await Assert.ThrowsAsync<InsufficientTrainingDataException>(() => loop.Get<LearningCurveReader>().GetAsync(Token));

        Assert.Contains("train first", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_is_of_the_newest_version_without_what_is_gone_and_computed_once()
    {
        await using var loop = new TestLoop();
        var (registry, embeddings) = (loop.Get<IModelRegistry>(), loop.Get<IEmbeddingStore>());
        var photos = new DrawnEmbeddings(classes: 2, width: 3, distance: 1).Draw(60, seed: 1);
        var artifact = new ModelArtifact
        {
            Labels = ["00", "01"],
            Space = new FakeBackbone().Info.Space,
            BackboneSha256 = new FakeBackbone().Info.WeightsSha256,
            Weights = [1, 0, 0],
            Bias = [0],
        };
        var manifest = new TrainingManifest([.. photos.OrderBy(photo => photo.Sha256, StringComparer.Ordinal)
            .Select((photo, index) => new ManifestImage(photo.Sha256, photo.Label, index % 5 == 0 ? DataSplit.Test : DataSplit.Train))]);
        await embeddings.PutAsync(artifact.Space, [.. photos.Skip(4).Select(photo => KeyValuePair.Create(photo.Sha256, photo.Embedding.ToArray()))], Token);
        var version = await registry.RegisterAsync(
            new ModelRegistration(artifact, manifest, "{}", Evaluation.Measure(artifact.Labels, [new EvaluatedImage([1, 0], 0)])), Token);
        var reader = loop.Get<LearningCurveReader>();

        var curve = await reader.GetAsync(Token);

        Assert.Equal((version.Version, 56, 4), (curve.ModelVersion, curve.Photos, curve.Gone));
        Assert.Same(curve, await reader.GetAsync(Token));

        // The door of applications tells the same.
        var told = await loop.Get<Trainer>().MeasureLearningCurveAsync(Token);
        Assert.Equal([.. curve.Points.Select(point => point.Photos), 56, 112], told.Select(point => point.Photos));
        Assert.Equal((curve.Accuracy, curve.Accuracy, curve.Accuracy), (told[^2].Accuracy, told[^2].Low, told[^2].High));
        Assert.Equal(curve.Accuracy + curve.Gains[0].Accuracy.Low, told[^1].Low, 1e-12);
        Assert.True(told[^1].Low <= told[^1].Accuracy && told[^1].Accuracy <= told[^1].High && told[^1].High <= 1);
    }
}
