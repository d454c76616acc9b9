using System.Numerics.Tensors;
using DandelionMl.Backbones.Weights;
using DandelionMl.Tests.Support;

namespace DandelionMl.DinoV2.Tests;

public sealed class BFloat16Tests : IDisposable
{
    private const int Width = 112;
    private const int Height = 84;
    private const int Dimensions = 384;

    private readonly string _folder = Directory.CreateTempSubdirectory("dandelionml-tests-").FullName;
    private readonly string _weights;

    public BFloat16Tests()
    {
        _weights = Path.Combine(_folder, "weights.safetensors");
        using var stream = File.Create(_weights);
        SafetensorsWriter.Write(stream, FormulaWeights.DinoV2(width: Dimensions, depth: 4, grid: 4));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(0, 0, 1 << 5, false)]
    [InlineData(1, 0, 1 << 5, true)]
    [InlineData(0, 1 << 22, 0, true)]
    [InlineData(2, ~(1 << 22), ~(1 << 5), false)]
    public void Instructions_are_read_off_what_the_processor_says(int lastSubleaf, int edxOfFirst, int eaxOfSecond, bool has) =>
        Assert.Equal(has, BFloat16Support.HasInstructions(lastSubleaf, edxOfFirst, eaxOfSecond));

    // As a batch goes to the threads image by image, and a single image is split among them.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Embeddings_are_those_in_single_precision_but_for_rounding(int count)
    {
        Assert.SkipWhen(BFloat16Support.Missing is not null, BFloat16Support.Missing ?? "");
        using var full = Load(DinoV2Precision.Full);
        using var rounded = Load(DinoV2Precision.BFloat16);
        var images = FormulaWeights.Values("input", count * 3 * Width * Height, 0, 1.5);
        var (expected, found) = (new float[count * Dimensions], new float[count * Dimensions]);

        full.Embed(images, expected, TestContext.Current.CancellationToken);
        rounded.Embed(images, found, TestContext.Current.CancellationToken);

        Assert.NotEqual(expected, found);
        for (var image = 0; image < count; image++)
        {
            var own = TensorPrimitives.CosineSimilarity(
                expected.AsSpan(image * Dimensions, Dimensions), found.AsSpan(image * Dimensions, Dimensions));
            Assert.InRange(own, 0.999f, 1.0001f);
        }
    }

    [Fact]
    public void Load_unknown_precision_is_refused_with_those_there_are()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Load((DinoV2Precision)7));

        Assert.Contains("there are Full and BFloat16", error.Message, StringComparison.Ordinal);
    }

    private DinoV2Backbone Load(DinoV2Precision precision) =>
        DinoV2Backbone.Load(_weights, "test", new StubPreprocessing(Width, Height), new DinoV2Options { Threads = 2 }, precision);
}
