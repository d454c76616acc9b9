using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Classification;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Classification;

public sealed class PredictionTests
{
    [Fact]
    public void Margin_of_one_class_is_its_probability()
    {
        var prediction = Create(new ClassProbability("dandelion", 0.9f));

        Assert.Equal(0.9f, prediction.Margin);
        Assert.Equal("dandelion 90.0 % (model version 3)", prediction.ToString());
    }

    [Fact]
    public void Probabilities_none_are_refused() => Assert.Throws<ArgumentException>(() => Create());

    [Fact]
    public void Json_leaves_out_embedding_and_backbone_and_reads_back_as_an_equal_prediction()
    {
        var prediction = Create(new("dandelion", 0.75f), new("grass", 0.25f)) with
        {
            Backbone = new BackboneInfo("fake", 1_953, new StubPreprocessing(96, 96), new string('0', 64), 0.9f),
            Embedding = new float[1_953],
        };

        var json = JsonSerializer.Serialize(prediction, JsonSerializerOptions.Web);
        var read = JsonSerializer.Deserialize<Prediction>(json, JsonSerializerOptions.Web)!;

        Assert.InRange(json.Length, 1, 400);
        Assert.Equal(prediction, read);
        Assert.Equal(("dandelion", 0.75f, 0.5f), (read.Label, read.Probability, read.Margin));
        Assert.Null(read.Backbone);
    }

    [Fact]
    public void Equals_tells_other_probabilities_apart()
    {
        var prediction = Create(new("dandelion", 0.75f), new("grass", 0.25f));

        Assert.Equal(Create(new("dandelion", 0.75f), new("grass", 0.25f)), prediction);
        Assert.NotEqual(Create(new("dandelion", 0.8f), new("grass", 0.2f)), prediction);
    }

    private static Prediction Create(params ClassProbability[] probabilities) =>
        new() { Probabilities = probabilities, ModelVersion = 3, Sha256 = new string('0', 64) };
}
