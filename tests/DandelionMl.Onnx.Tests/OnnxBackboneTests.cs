using System.Security.Cryptography;
using DandelionMl.Backbones;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Tests.Support;

namespace DandelionMl.Onnx.Tests;

public sealed class OnnxBackboneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_reads_size_batch_and_output_from_the_graph()
    {
        var model = ShapedGraphs.Plain("n").ToModel();
        using var backbone = Load(model);

        Assert.Equal(new BackboneInfo("tiny", 3, backbone.Info.Preprocessing, Convert.ToHexStringLower(SHA256.HashData(model)), 0.95f), backbone.Info);
        Assert.Equal(("squash-bilinear-8", 8, 8), (backbone.Info.Preprocessing.Id, backbone.Info.Preprocessing.Width, backbone.Info.Preprocessing.Height));
        Assert.Equal("features: the output as it is", backbone.Reading);
        Assert.StartsWith("1.", backbone.Environment["ONNX Runtime"], StringComparison.Ordinal);
    }

    public static TheoryData<object, bool, int> Batches => new()
    {
        { "n", false, 8 }, { 1, false, 1 }, { 3, false, 3 }, { "n", true, 8 }, { 1, true, 1 },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    public void Embed_gives_each_picture_the_mean_of_its_channels_whatever_the_batch(object batch, bool pooled, int picturesPerPass)
    {
        using var backbone = Load((pooled ? ShapedGraphs.Pooled(batch) : ShapedGraphs.Plain(batch)).ToModel());
        var images = Numbers(11);

        var embeddings = new float[11 * 3];
        backbone.Embed(images, embeddings, TestContext.Current.CancellationToken);

        Assert.Equal(picturesPerPass, backbone.PicturesPerPass);
        AssertNear([.. images.Chunk(64).Select(channel => channel.Average())], embeddings);
    }

    [Fact]
    public void Embed_runs_one_picture_a_pass_where_the_free_batch_is_none()
    {
        // As a trace leaves it: the batch is named in the input, and 1 stands inside.
        using var backbone = Load(new TinyGraph()
            .Input("x", "n", 3, 8, 8)
            .Numbers("flat", 1, 3, 64)
            .Node("Reshape", ["x", "flat"], "columns")
            .Node("ReduceMean", ["columns"], "features", ("axes", [2]), ("keepdims", [0]))
            .Output("features", "n", 3).ToModel());
        var images = Numbers(4);

        var embeddings = new float[4 * 3];
        backbone.Embed(images, embeddings, TestContext.Current.CancellationToken);

        Assert.Equal(1, backbone.PicturesPerPass);
        AssertNear([.. images.Chunk(64).Select(channel => channel.Average())], embeddings);
    }

    [Fact]
    public void Load_runs_one_picture_a_pass_where_pictures_of_a_batch_influence_each_other()
    {
        using var backbone = Load(new TinyGraph()
            .Input("x", "n", 3, 8, 8)
            .Node("ReduceMean", ["x"], "mean", ("axes", [0]), ("keepdims", [1]))
            .Node("Add", ["x", "mean"], "mixed")
            .Node("ReduceMean", ["mixed"], "features", ("axes", [2, 3]), ("keepdims", [0]))
            .Output("features", "n", 3).ToModel());

        Assert.Equal(1, backbone.PicturesPerPass);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Tokens_give_CLS_where_there_is_one(int leading)
    {
        using var backbone = Load(ShapedGraphs.Tokens(leading).ToModel());
        var images = Numbers(2);

        AssertNear([.. images.Chunk(64).Select(channel => channel.Max())], Embed(backbone, images));
        Assert.Equal($"last_hidden_state: the CLS token, first of {leading + 4}", backbone.Reading);
    }

    [Fact]
    public void Tokens_of_patches_alone_are_refused_and_never_cut_to_the_first()
    {
        var error = Assert.Throws<BackboneUnavailableException>(() => Load(ShapedGraphs.Tokens(leading: 0).ToModel()));

        Assert.Contains("has 4 tokens of 3 values, as many as there are patches: it has no CLS token. Set MeanPool", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_of_which_nobody_knows_are_refused()
    {
        // Three tokens more than patches, and no count of patches with one before.
        var error = Assert.Throws<BackboneUnavailableException>(() => Load(ShapedGraphs.Tokens(leading: 3).ToModel()));

        Assert.Contains("it can't be told whether the first is a CLS token. Set MeanPool", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "the mean over 4 of 4 tokens")]
    [InlineData(1, "the mean over 4 of 5 tokens")]
    [InlineData(5, "the mean over 4 of 9 tokens")]
    public void Tokens_are_mean_pooled_over_patches_alone_when_asked(int leading, string reading)
    {
        using var backbone = Load(ShapedGraphs.Tokens(leading).ToModel(), new OnnxBackboneOptions { MeanPool = true });
        var images = Numbers(2);

        AssertNear([.. images.Chunk(64).Select(channel => channel.Average())], Embed(backbone, images));
        Assert.EndsWith(reading, backbone.Reading, StringComparison.Ordinal);
    }

    [Fact]
    public void Feature_map_is_refused_or_mean_pooled_when_asked()
    {
        var error = Assert.Throws<BackboneUnavailableException>(() => Load(ShapedGraphs.Map("n").ToModel()));
        Assert.Contains("is a feature map [1, 3, 2, 2]. Set MeanPool", error.Message, StringComparison.Ordinal);

        using var backbone = Load(ShapedGraphs.Map("n").ToModel(), new OnnxBackboneOptions { MeanPool = true });
        var images = Numbers(2);
        AssertNear([.. images.Chunk(64).Select(channel => channel.Average())], Embed(backbone, images));
    }

    [Fact]
    public void Pooler_output_is_taken_before_last_hidden_state_and_either_by_its_name()
    {
        var (model, images) = (ShapedGraphs.TokensAndPooler().ToModel(), Numbers(2));
        using var pooler = Load(model);
        using var cls = Load(model, new OnnxBackboneOptions { Output = "last_hidden_state" });

        AssertNear([.. images.Chunk(64).Select(channel => channel.Min())], Embed(pooler, images));
        AssertNear([.. images.Chunk(64).Select(channel => channel.Max())], Embed(cls, images));
    }

    [Fact]
    public void Mean_of_patches_is_taken_from_last_hidden_state_beside_pooler_output()
    {
        using var backbone = Load(ShapedGraphs.TokensAndPooler().ToModel(), new OnnxBackboneOptions { MeanPool = true });

        Assert.Equal("last_hidden_state: the mean over 4 of 5 tokens", backbone.Reading);
    }

    [Fact]
    public void Several_outputs_of_other_names_are_refused_by_name()
    {
        var model = ShapedGraphs.Plain("n").Node("Identity", ["features"], "more").Output("more", "n", 3).ToModel();

        Assert.Contains("several outputs: features, more. Name the one", Assert.Throws<BackboneUnavailableException>(() => Load(model)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no output 'less'. It has: features, more.",
            Assert.Throws<BackboneUnavailableException>(() => Load(model, new OnnxBackboneOptions { Output = "less" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Further_inputs_are_refused_by_name()
    {
        var model = new TinyGraph()
            .Input("pixel_values", "n", 3, 8, 8)
            .Input("bool_masked_pos", "n", 3, 8, 8)
            .Node("Add", ["pixel_values", "bool_masked_pos"], "sum")
            .Node("ReduceMean", ["sum"], "features", ("axes", [2, 3]), ("keepdims", [0]))
            .Output("features", "n", 3).ToModel();

        var error = Assert.Throws<BackboneUnavailableException>(() => Load(model));

        Assert.Contains("has 2: bool_masked_pos, pixel_values. Export it without the others.", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> UnusableGraphs => new()
    {
        { nameof(HalfPrecision), "is of Float16, not of float32" },
        { nameof(ChannelsLast), "has the shape [n, 8, 8, 3], not [n, 3, height, width]" },
        { nameof(LargeBatch), "takes 65 pictures at once; at most 64" },
        { nameof(Endless), "values that are not finite" },
        { nameof(Blind), "is the same whatever the picture" },
        { nameof(WithoutBatch), "has the shape [3] for a batch of 1" },
        { nameof(NoGraph), "ONNX Runtime can't open it" },
        { nameof(MixedFixedBatch), "depends on the others of its batch of 2" },
    };

    [Theory]
    [MemberData(nameof(UnusableGraphs))]
    public void Graph_that_would_go_wrong_quietly_is_refused_saying_why(string graph, string why)
    {
        var model = (byte[])typeof(OnnxBackboneTests)
            .GetMethod(graph, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.Invoke(null, null)!;

        var error = Assert.Throws<BackboneUnavailableException>(() => Load(model));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("net.onnx can't be used as backbone 'tiny'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Preprocessing_of_another_size_is_refused()
    {
        var error = Assert.Throws<BackboneUnavailableException>(
            () => Load(ShapedGraphs.Plain("n").ToModel(), new OnnxBackboneOptions { Preprocessing = "squash-bilinear-224" }));

        Assert.Contains("takes 8 × 8 pixels, but the preprocessing squash-bilinear-224 gives 224 × 224", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_and_missing_execution_provider_are_told()
    {
        var missing = Assert.Throws<BackboneUnavailableException>(
            () => OnnxBackbone.Load("tiny", new OnnxBackboneOptions { Path = _folder.Sub("none.onnx") }));
        Assert.Contains("The ONNX file of backbone 'tiny' can't be read", missing.Message, StringComparison.Ordinal);

        foreach (var provider in new[] { "CUDA", "NoSuch" })
        {
            var error = Assert.Throws<BackboneUnavailableException>(
                () => Load(ShapedGraphs.Plain("n").ToModel(), new OnnxBackboneOptions { ExecutionProvider = provider }));
            Assert.Contains($"no execution provider '{provider}' here", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Embed_checks_lengths_and_cancellation_and_disposal()
    {
        using var backbone = Load(ShapedGraphs.Plain("n").ToModel());
        Assert.Throws<ArgumentException>(() => backbone.Embed(new float[191], new float[3], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => backbone.Embed(new float[192], new float[4], TestContext.Current.CancellationToken));
        Assert.ThrowsAny<OperationCanceledException>(() => backbone.Embed(new float[192], new float[3], new CancellationToken(true)));

        backbone.Dispose();
        backbone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => backbone.Embed(new float[192], new float[3], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Embed_is_the_same_from_many_threads()
    {
        using var backbone = Load(ShapedGraphs.Tokens(leading: 1).ToModel());
        var images = Numbers(3);
        var expected = Embed(backbone, images);

        var results = new float[32][];
        Parallel.For(0, results.Length, index => results[index] = Embed(backbone, images));

        Assert.All(results, result => Assert.Equal(expected, result));
    }

    private static byte[] HalfPrecision() =>
        new TinyGraph().HalfInput("x", "n", 3, 8, 8).Node("Cast", ["x"], "features", ("to", [1])).Output("features", "n", 3, 8, 8).ToModel();

    private static byte[] ChannelsLast() => new TinyGraph()
        .Input("x", "n", 8, 8, 3).Node("ReduceMean", ["x"], "features", ("axes", [1, 2]), ("keepdims", [0])).Output("features", "n", 3).ToModel();

    private static byte[] LargeBatch() => ShapedGraphs.Plain(65).ToModel();

    private static byte[] Endless() => new TinyGraph()
        .Input("x", "n", 3, 8, 8)
        .Node("ReduceMean", ["x"], "mean", ("axes", [2, 3]), ("keepdims", [0]))
        .Node("Mul", ["mean", "mean"], "square")
        .Node("Neg", ["square"], "negative")
        .Node("Log", ["negative"], "features")
        .Output("features", "n", 3).ToModel();

    private static byte[] Blind() => new TinyGraph()
        .Input("x", "n", 3, 8, 8)
        .Node("ReduceMean", ["x"], "mean", ("axes", [2, 3]), ("keepdims", [0]))
        .Node("Sub", ["mean", "mean"], "features")
        .Output("features", "n", 3).ToModel();

    private static byte[] WithoutBatch() => new TinyGraph()
        .Input("x", 1, 3, 8, 8).Node("ReduceMean", ["x"], "features", ("axes", [0, 2, 3]), ("keepdims", [0])).Output("features", 3).ToModel();

    private static byte[] NoGraph() => "not a graph"u8.ToArray();

    private static byte[] MixedFixedBatch() => new TinyGraph()
        .Input("x", 2, 3, 8, 8)
        .Node("ReduceMean", ["x"], "mean", ("axes", [0]), ("keepdims", [1]))
        .Node("Add", ["x", "mean"], "mixed")
        .Node("ReduceMean", ["mixed"], "features", ("axes", [2, 3]), ("keepdims", [0]))
        .Output("features", 2, 3).ToModel();

    private OnnxBackbone Load(byte[] model, OnnxBackboneOptions? options = null)
    {
        options ??= new OnnxBackboneOptions();
        options.Path = _folder.Write("net.onnx", model);
        return OnnxBackbone.Load("tiny", options);
    }

    /// <summary>Pictures of 3 × 8 × 8 values, no two alike.</summary>
    private static float[] Numbers(int pictures) => [.. Enumerable.Range(0, pictures * 3 * 64).Select(i => (float)Math.Sin(i * 0.37) + (i / 64 * 0.1f))];

    private static float[] Embed(OnnxBackbone backbone, float[] images)
    {
        var embeddings = new float[images.Length / 192 * backbone.Info.Dimensions];
        backbone.Embed(images, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
