using DandelionMl.Backbones;
using DandelionMl.Classification;
using DandelionMl.Registry;

namespace DandelionMl.Tests.Registry;

/// <summary>A model as a file that is served where there is neither registry nor data directory.</summary>
public sealed class ModelArtifactTests
{
    private static readonly byte[] Green = [0, 255, 0];

    [Fact]
    public async Task ReadFrom_what_WriteTo_wrote_is_equal_and_answers_without_a_registry()
    {
        using var file = new MemoryStream();
        Artifact().WriteTo(file);
        file.Position = 0;

        var read = ModelArtifact.ReadFrom(file);
        await using var classifier = Classifier.Load(read, new FakeBackbone(), new FakeImageDecoder());
        var prediction = await classifier.ClassifyAsync(Green, TestContext.Current.CancellationToken);

        Assert.Equal(Artifact(), read);
        Assert.Equal(("green", 0), (prediction.Label, prediction.ModelVersion));
        Assert.Null(classifier.Serving);
        Assert.Null(await classifier.ReloadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void ReadFrom_something_else_is_refused()
    {
        using var photo = new MemoryStream(Green);
        using var endless = new EndlessStream();

        Assert.Throws<InvalidModelArtifactException>(() => ModelArtifact.ReadFrom(photo));
        Assert.Throws<InvalidModelArtifactException>(() => ModelArtifact.ReadFrom(endless));
    }

    [Fact]
    public void Load_other_backbone_or_an_artifact_that_is_not_whole_is_refused()
    {
        Assert.Throws<BackboneUnavailableException>(() => Classifier.Load(Artifact() with { BackboneSha256 = new string('f', 64) }, new FakeBackbone()));
        Assert.Throws<InvalidModelArtifactException>(() => Classifier.Load(Artifact() with { Bias = [] }, new FakeBackbone()));
    }

    [Fact]
    public void Equals_tells_other_weights_apart()
    {
        Assert.Equal(Artifact(), Artifact());
        Assert.NotEqual(Artifact(), Artifact() with { Weights = [-10, 10, 1] });
        Assert.NotEqual(Artifact(), Artifact() with { Labels = ["green", "red"] });
    }

    private static ModelArtifact Artifact() => new()
    {
        Labels = ["red", "green"],
        Space = new("fake", "mean"),
        BackboneSha256 = new string('0', 64),
        Weights = [-10, 10, 0],
        Bias = [0],
    };

    private sealed class EndlessStream : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Clear();
            return buffer.Length;
        }
    }
}
