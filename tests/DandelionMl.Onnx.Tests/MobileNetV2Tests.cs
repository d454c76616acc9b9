using System.Numerics.Tensors;
using System.Text.Json;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Tests.Support;

namespace DandelionMl.Onnx.Tests;

/// <summary>A network as users bring one: MobileNetV2, whose features other software has computed.</summary>
public sealed class MobileNetV2Tests
{
    private const string Model = "weights/mobilenetv2-features.onnx";

    [Fact]
    public void Features_of_the_synthetic_input_are_the_golden_ones()
    {
        using var golden = Golden();
        using var backbone = Load();
        var input = new float[backbone.Info.Preprocessing.TensorLength];
        for (var n = 0; n < input.Length; n++)
        {
            input[n] = (float)((n * 7919L % 1009 / 504.5) - 1);
        }

        var features = new float[backbone.Info.Dimensions];
        backbone.Embed(input, features, TestContext.Current.CancellationToken);

        var synthetic = golden.RootElement.GetProperty("synthetic");
        Assert.All(First(synthetic).Zip(features), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        Assert.Equal(synthetic.GetProperty("features_l2_norm").GetSingle(), TensorPrimitives.Norm<float>(features), 1e-3f);
        Assert.Equal(synthetic.GetProperty("features_mean").GetSingle(), TensorPrimitives.Average<float>(features), 1e-3f);
    }

    [Fact]
    public void Features_of_photos_are_the_golden_ones_but_for_decoding()
    {
        using var golden = Golden();
        using var backbone = Load();
        foreach (var photo in golden.RootElement.GetProperty("images").EnumerateArray())
        {
            var file = SharedFiles.Require($"data/dandelion-grass/{photo.GetProperty("file").GetString()}");
            var features = Embed(backbone, File.ReadAllBytes(file));

            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(First(photo), features.AsSpan(0, 16)), 0.99, 1.001);
            Assert.InRange(TensorPrimitives.Norm<float>(features) / photo.GetProperty("features_l2_norm").GetSingle(), 0.98, 1.02);
        }
    }

    [Fact]
    public void Labels_of_photos_are_told_apart_by_logistic_regression()
    {
        var photos = LabelledPhotos.Read(SharedFiles.Require("data/dandelion-grass"));
        using var backbone = Load();
        var embeddings = photos.Files.Select(file => Embed(backbone, file)).ToArray();

        var result = CrossValidation.Run(embeddings, [.. photos.Labels], repeats: 1, folds: 5);

        Assert.InRange(result.Accuracy, 0.95, 1);
    }

    private static OnnxBackbone Load() => OnnxBackbone.Load("mobilenetv2", new OnnxBackboneOptions { Path = SharedFiles.Require(Model) });

    private static JsonDocument Golden() => JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("weights/mobilenetv2-golden.json")));

    private static float[] First(JsonElement photo) =>
        [.. photo.GetProperty("features_first_16").EnumerateArray().Select(value => value.GetSingle())];

    private static float[] Embed(OnnxBackbone backbone, byte[] file)
    {
        var (input, features) = (new float[backbone.Info.Preprocessing.TensorLength], new float[backbone.Info.Dimensions]);
        backbone.Info.Preprocessing.Apply(LabelledPhotos.Decode(file), input);
        backbone.Embed(input, features, TestContext.Current.CancellationToken);
        return features;
    }
}
