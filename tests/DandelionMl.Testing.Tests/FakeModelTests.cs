using DandelionMl.Classification;

namespace DandelionMl.Testing.Tests;

/// <summary>The real classifier on fakes: what an application has that asks for <see cref="Classifier"/> itself.</summary>
public sealed class FakeModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Classifier_tells_classes_by_their_colours()
    {
        var (registry, backbone) = (new InMemoryModelRegistry(), new FakeBackbone());
        await using var classifier = new Classifier(registry, backbone, new FakeImageDecoder());

        await registry.AddChampionAsync("dandelion", "grass");
        Assert.Equal("dandelion", (await classifier.ClassifyAsync(FakeImageDecoder.Photo(250, 20, 20), Cancellation)).Label);
        Assert.Equal("grass", (await classifier.ClassifyAsync(FakeImageDecoder.Photo(20, 250, 20), Cancellation)).Label);
        Assert.Equal(2, backbone.Images);

        await registry.AddChampionAsync("dandelion", "grass", "sky", "never");
        await classifier.ReloadAsync(Cancellation);
        var sky = await classifier.ClassifyAsync(FakeImageDecoder.Photo(20, 20, 250), Cancellation);
        Assert.Equal(("sky", 2, "never"), (sky.Label, sky.ModelVersion, sky.Probabilities[^1].Label));
    }
}
