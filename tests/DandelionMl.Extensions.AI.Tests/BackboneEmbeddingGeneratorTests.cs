using System.Diagnostics;
using DandelionMl.Backbones;
using DandelionMl.Imaging;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using SkiaSharp;

namespace DandelionMl.Extensions.AI.Tests;

public sealed class BackboneEmbeddingGeneratorTests : IDisposable
{
    private readonly FakeBackbone _backbone = new();

    public void Dispose() => _backbone.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_gives_each_picture_its_vector_in_order_over_several_batches()
    {
        using var generator = _backbone.AsEmbeddingGenerator();
        var pictures = Enumerable.Range(0, 40).Select(i => Picture((byte)(6 * i), 0, 255)).ToList();

        var embeddings = await generator.GenerateAsync(pictures, cancellationToken: Token);

        // The fake gives the mean of each channel, from 0 to 1.
        Assert.Equal(40, embeddings.Count);
        Assert.All(embeddings.Index(), item =>
        {
            Assert.Equal([6 * item.Index / 255f, 0, 1], item.Item.Vector.ToArray(), (one, other) => Math.Abs(one - other) < 1e-5f);
            Assert.Equal(("fake", 3), (item.Item.ModelId, item.Item.Dimensions));
        });
        Assert.Equal((40, 3), (_backbone.Images, _backbone.Passes));
    }

    [Fact]
    public async Task GenerateAsync_without_pictures_gives_none() =>
        Assert.Empty(await _backbone.AsEmbeddingGenerator().GenerateAsync(Array.Empty<DataContent>(), cancellationToken: Token));

    [Fact]
    public async Task GenerateAsync_bad_picture_is_a_typed_error_that_names_its_place()
    {
        using var generator = _backbone.AsEmbeddingGenerator();
        var good = Picture(1, 2, 3);

        var empty = await Assert.ThrowsAsync<ImageDecodingException>(
            () => generator.GenerateAsync([good, new DataContent(ReadOnlyMemory<byte>.Empty, "image/png")], cancellationToken: Token));
        var text = await Assert.ThrowsAsync<ImageDecodingException>(
            () => generator.GenerateAsync([new DataContent("no picture"u8.ToArray(), "image/jpeg")], cancellationToken: Token));

        Assert.Equal((ImageDecodingFailure.Empty, ImageDecodingFailure.UnsupportedFormat), (empty.Reason, text.Reason));
        Assert.StartsWith("The picture at place 1 (from 0) can't be embedded: ", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_another_model_or_length_is_refused()
    {
        using var generator = _backbone.AsEmbeddingGenerator();
        var picture = Picture(1, 2, 3);

        await generator.GenerateAsync([picture], new EmbeddingGenerationOptions { ModelId = "fake", Dimensions = 3 }, Token);
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([picture], new EmbeddingGenerationOptions { ModelId = "other" }, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([picture], new EmbeddingGenerationOptions { Dimensions = 2 }, Token));
    }

    [Fact]
    public async Task GenerateAsync_is_cancelled_between_batches()
    {
        using var cancellation = new CancellationTokenSource();
        _backbone.OnPass = _ => cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _backbone.AsEmbeddingGenerator().GenerateAsync(
            Enumerable.Range(0, 40).Select(i => Picture((byte)i, 0, 0)), cancellationToken: cancellation.Token));

        Assert.Equal(1, _backbone.Passes);
    }

    [Fact]
    public void GetService_gives_metadata_the_backbone_and_itself()
    {
        using var generator = _backbone.AsEmbeddingGenerator();

        var metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("dandelionml", "fake", 3), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(_backbone, generator.GetService<IBackbone>());
        Assert.Same(generator, generator.GetService<IEmbeddingGenerator<DataContent, Embedding<float>>>());
        Assert.Null(generator.GetService(typeof(IBackbone), "a key"));
        Assert.Null(generator.GetService<Uri>());
    }

    [Fact]
    public async Task Caching_and_telemetry_of_the_stack_fit()
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "generator.test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var generator = _backbone.AsEmbeddingGenerator().AsBuilder()
            .UseDistributedCache(cache).UseOpenTelemetry(sourceName: "generator.test").Build();

        var first = await generator.GenerateVectorAsync(Picture(10, 20, 30), cancellationToken: Token);
        var second = await generator.GenerateVectorAsync(Picture(10, 20, 30), cancellationToken: Token);
        await generator.GenerateVectorAsync(Picture(30, 20, 10), cancellationToken: Token);

        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Equal(2, _backbone.Images);
        Assert.Equal("dandelionml", Assert.IsType<string>(activities[0].GetTagItem("gen_ai.provider.name")));
        Assert.Equal("fake", activities[0].GetTagItem("gen_ai.request.model"));
    }

    [Fact]
    public async Task Built_in_backbone_finds_the_same_picture_in_another_format()
    {
        using var backbone = DandelionMl.Backbones.BuiltIn.BuiltInBackbone.Load();
        using var generator = backbone.AsEmbeddingGenerator();

        var embeddings = await generator.GenerateAsync(
            [Stripes(SKEncodedImageFormat.Png, 7), Stripes(SKEncodedImageFormat.Webp, 7), Stripes(SKEncodedImageFormat.Png, 40)], cancellationToken: Token);

        double Similarity(int one, int other) =>
            System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(embeddings[one].Vector.Span, embeddings[other].Vector.Span);
        Assert.InRange(Similarity(0, 1), 0.95, 1.001);
        Assert.True(Similarity(0, 1) > Similarity(0, 2));
    }

    private static DataContent Picture(byte red, byte green, byte blue)
    {
        using var bitmap = new SKBitmap(8, 8);
        bitmap.Erase(new SKColor(red, green, blue));
        return Encode(bitmap, SKEncodedImageFormat.Png);
    }

    private static DataContent Stripes(SKEncodedImageFormat format, int width)
    {
        using var bitmap = new SKBitmap(200, 200);
        for (var x = 0; x < 200; x++)
        {
            for (var y = 0; y < 200; y++)
            {
                bitmap.SetPixel(x, y, (x + y) / width % 2 == 0 ? new SKColor(30, 120, 40) : new SKColor(230, 210, 40));
            }
        }

        return Encode(bitmap, format);
    }

    private static DataContent Encode(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using var data = bitmap.Encode(format, 95);
        return new DataContent(data.ToArray(), format == SKEncodedImageFormat.Png ? "image/png" : "image/webp");
    }
}
