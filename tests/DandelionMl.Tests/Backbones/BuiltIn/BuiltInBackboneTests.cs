using System.Security.Cryptography;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Embeddings;

namespace DandelionMl.Tests.Backbones.BuiltIn;

public sealed class BuiltInBackboneTests : IDisposable
{
    private readonly BuiltInBackbone _backbone = BuiltInBackbone.Load();

    public void Dispose() => _backbone.Dispose();

    [Fact]
    public void Load_shipped_weights_identifies_itself_by_their_hash()
    {
        using var resource = typeof(BuiltInBackbone).Assembly
            .GetManifestResourceStream("DandelionMl.Backbones.BuiltIn.built-in-v1.bin")!;
        var hash = Convert.ToHexStringLower(SHA256.HashData(resource));

        Assert.Equal("built-in-v1", _backbone.Info.Id);
        Assert.Equal("squash-unit-96", _backbone.Info.Preprocessing.Id);
        Assert.Equal(hash, _backbone.Info.WeightsSha256);
        Assert.InRange(_backbone.Info.DuplicateThreshold, 0.5f, 1f);
        Assert.True(resource.Length < 1_000_000, $"The resource has {resource.Length} bytes.");
    }

    [Fact]
    public void Dimensions_fit_an_index_of_pgvector() => Assert.InRange(_backbone.Info.Dimensions, 1, 2_000);

    [Fact]
    public void Embed_fixed_picture_gives_the_values_that_databases_keep()
    {
        // Every 62nd value, some of each descriptor.
        float[] kept =
        [
            0.439138f, 0.46217f, -0.00573713f, 0.21143f, 0.113696f, -0.57703f, 0.0943816f, 0.0624171f, -1.12395f, -0.0805495f, -0.225862f,
            -0.225971f, -0.193806f, 0.354319f, 1.87841f, 0.809999f, -0.0915576f, 0.177494f, 0.114464f, -0.806872f, 0.476628f, -1.43701f,
            -1.99169f, -1.6537f, -1.6974f, 1.43232f, 9.93474f, -0.00721383f, 0.866561f, -0.934659f, -0.258404f, 1.53967f,
        ];

        var embedding = GoldenEmbedding.Embed(_backbone, TestContext.Current.CancellationToken);

        Assert.Equal(kept, embedding.Where((_, i) => i % 62 == 0), (expected, actual) => Math.Abs(expected - actual) < 1e-4f);
    }

    [Fact]
    public void Embed_once_warm_asks_for_no_memory()
    {
        var image = SyntheticPhotos.Preprocess(SyntheticPhotos.Create(1));
        var embedding = new float[_backbone.Info.Dimensions];
        _backbone.Embed(image, embedding, TestContext.Current.CancellationToken);
        var before = GC.GetAllocatedBytesForCurrentThread();

        _backbone.Embed(image, embedding, TestContext.Current.CancellationToken);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void Embed_batch_equals_embedding_one_by_one()
    {
        var images = Enumerable.Range(0, 5).Select(seed => SyntheticPhotos.Preprocess(SyntheticPhotos.Create(seed))).ToArray();
        var batch = new float[images.Length * _backbone.Info.Dimensions];

        _backbone.Embed(images.SelectMany(image => image).ToArray(), batch, TestContext.Current.CancellationToken);

        Assert.Equal(images.SelectMany(Embed), batch);
    }

    [Fact]
    public void Embed_on_many_threads_equals_embedding_on_one()
    {
        var images = Enumerable.Range(0, 6).Select(seed => SyntheticPhotos.Preprocess(SyntheticPhotos.Create(seed))).ToArray();
        var expected = Array.ConvertAll(images, Embed);
        var actual = new float[4 * images.Length][];

        var options = new ParallelOptions { MaxDegreeOfParallelism = 8 };
        Parallel.For(0, actual.Length, options, i => actual[i] = Embed(images[i % images.Length]));

        for (var i = 0; i < actual.Length; i++)
        {
            Assert.Equal(expected[i % images.Length], actual[i]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void Embed_constant_image_is_finite(byte value)
    {
        var embedding = Embed(SyntheticPhotos.Preprocess(SyntheticPhotos.Constant(value)));

        Assert.All(embedding, component => Assert.True(float.IsFinite(component)));
        Assert.Contains(embedding, component => component != 0);
    }

    [Fact]
    public void Embed_mirror_image_gives_the_same_embedding()
    {
        var image = SyntheticPhotos.Preprocess(SyntheticPhotos.Create(3));
        var mirrored = (float[])image.Clone();
        for (var row = 0; row < 3 * 96; row++)
        {
            mirrored.AsSpan(row * 96, 96).Reverse();
        }

        var difference = Embed(image).Zip(Embed(mirrored), (left, right) => Math.Abs(left - right)).Max();

        Assert.NotEqual(image, mirrored);
        Assert.InRange(difference, 0, 1e-2f);
    }

    [Fact]
    public void Embed_upside_down_image_gives_another_embedding()
    {
        var image = SyntheticPhotos.Preprocess(SyntheticPhotos.Create(3));
        var turned = (float[])image.Clone();
        for (var plane = 0; plane < 3; plane++)
        {
            turned.AsSpan(plane * 96 * 96, 96 * 96).Reverse();
        }

        var difference = Embed(image).Zip(Embed(turned), (left, right) => Math.Abs(left - right)).Max();

        Assert.True(difference > 0.5f);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1)]
    public void Embed_lengths_that_disagree_throws(int imageExcess, int embeddingExcess)
    {
        var image = new float[_backbone.Info.Preprocessing.TensorLength + imageExcess];
        var embedding = new float[_backbone.Info.Dimensions + embeddingExcess];

        Assert.Throws<ArgumentException>(() => _backbone.Embed(image, embedding, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Embed_cancelled_throws()
    {
        var image = new float[_backbone.Info.Preprocessing.TensorLength];

        Assert.Throws<OperationCanceledException>(
            () => _backbone.Embed(image, new float[_backbone.Info.Dimensions], new CancellationToken(canceled: true)));
    }

    private float[] Embed(float[] image)
    {
        var embedding = new float[_backbone.Info.Dimensions];
        _backbone.Embed(image, embedding, TestContext.Current.CancellationToken);
        return embedding;
    }
}
