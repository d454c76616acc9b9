using System.Collections.Concurrent;
using System.Security.Cryptography;
using DandelionMl.Backbones;
using DandelionMl.Backbones.Weights;
using DandelionMl.Tests.Support;
using TorchSharp;

namespace DandelionMl.DinoV2.Tests;

public sealed class DinoV2BackboneTests : IDisposable
{
    private const int Width = 112;
    private const int Height = 84;
    private const int ImageLength = 3 * Width * Height;

    private readonly string _folder = Directory.CreateTempSubdirectory("dandelionml-tests-").FullName;
    private readonly string _weights;

    public DinoV2BackboneTests()
    {
        _weights = Path.Combine(_folder, "weights.safetensors");
        using var stream = File.Create(_weights);
        SafetensorsWriter.Write(stream, FormulaWeights.DinoV2(width: 64, depth: 2, grid: 4));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_weights_tells_what_the_backbone_is()
    {
        using var backbone = Load(new DinoV2Options { DuplicateThreshold = 0.8f });

        Assert.Equal("test", backbone.Info.Id);
        Assert.Equal(64, backbone.Info.Dimensions);
        Assert.Equal(0.8f, backbone.Info.DuplicateThreshold);
        Assert.Equal("stub", backbone.Info.Preprocessing.Id);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_weights))), backbone.Info.WeightsSha256);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Load_weights_that_are_not_finite_is_told_with_file_and_tensor(float value)
    {
        var tensors = FormulaWeights.DinoV2(width: 64, depth: 2, grid: 4).ToList();
        float[] values = [.. tensors[^1].Values.Span];
        values[0] = value;
        tensors[^1] = tensors[^1] with { Values = values };
        using (var stream = File.Create(_weights))
        {
            SafetensorsWriter.Write(stream, tensors);
        }

        var error = Assert.Throws<BackboneUnavailableException>(() => Load().Dispose());

        Assert.Contains(_weights, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{tensors[^1].Name}' holds a value that is infinite or not a number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Embed_batch_equals_images_one_by_one()
    {
        using var backbone = Load();
        const int count = 7;
        var images = FormulaWeights.Values("input", count * ImageLength, 0, 1.5);
        var together = new float[count * 64];
        var alone = new float[64];

        backbone.Embed(images, together, TestContext.Current.CancellationToken);

        for (var index = 0; index < count; index++)
        {
            backbone.Embed(images.AsSpan(index * ImageLength, ImageLength), alone, TestContext.Current.CancellationToken);
            Assert.All(alone, (value, place) => Assert.Equal(value, together[(index * 64) + place], 1e-5f));
        }
    }

    [Fact]
    public void Embed_twice_gives_the_same_bits()
    {
        using var backbone = Load();

        Assert.Equal(EmbedOne(backbone), EmbedOne(backbone));
    }

    [Fact]
    public void Embed_from_several_threads_gives_the_same()
    {
        using var backbone = Load();
        var expected = EmbedOne(backbone);

        var embeddings = new ConcurrentBag<float[]>();
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => embeddings.Add(EmbedOne(backbone)));

        Assert.Equal(16, embeddings.Count);
        Assert.All(embeddings, embedding => Assert.Equal(expected, embedding));
    }

    [Fact]
    public void Load_default_takes_a_thread_per_processor_that_the_process_may_use()
    {
        using var backbone = Load(new DinoV2Options());

        Assert.Equal(Environment.ProcessorCount, backbone.Team.Size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Load_no_thread_is_refused(int threads)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Load(new DinoV2Options { Threads = threads }));

        Assert.Equal(nameof(DinoV2Options.Threads), error.ParamName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Embed_leaves_no_tensor_on_any_thread(int threads)
    {
        using var backbone = Load(new DinoV2Options { Threads = threads });
        var images = FormulaWeights.Values("input", 5 * ImageLength, 0, 1.5);
        var embeddings = new float[5 * 64];
        backbone.Embed(images, embeddings, TestContext.Current.CancellationToken);
        backbone.Team.Run(_ => DisposeScopeManager.Statistics.Reset());

        for (var repetition = 0; repetition < 5; repetition++)
        {
            backbone.Embed(images, embeddings, TestContext.Current.CancellationToken);
        }

        var (live, created) = (new long[threads], new long[threads]);
        backbone.Team.Run(worker =>
        {
            var statistics = DisposeScopeManager.Statistics;
            live[worker] = statistics.ThreadTotalLiveCount + statistics.DetachedFromScopeCount + statistics.CreatedOutsideScopeCount;
            created[worker] = statistics.CreatedInScopeCount;
        });
        Assert.All(live, count => Assert.Equal(0, count));
        Assert.All(created, count => Assert.NotEqual(0, count));
    }

    [Fact]
    public void Dispose_loaded_backbone_leaves_no_tensor()
    {
        var live = -1L;
        var thread = new Thread(() =>
        {
            var statistics = DisposeScopeManager.Statistics;
            statistics.Reset();
            // One thread, since statistics are kept by thread.
            using (var backbone = Load(new DinoV2Options { Threads = 1 }))
            {
                EmbedOne(backbone);
            }

            // The weights are made in a scope, taken out of it, and disposed outside.
            live = statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount
                - statistics.DisposedInScopeCount - statistics.DisposedOutsideScopeCount;
        });
        thread.Start();
        thread.Join();

        Assert.Equal(0, live);
    }

    [Fact]
    public void Embed_canceled_throws_and_works_again_afterwards()
    {
        using var backbone = Load();
        using var canceled = new CancellationTokenSource();
        canceled.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => backbone.Embed(new float[ImageLength], new float[64], canceled.Token));
        Assert.NotEqual(0, EmbedOne(backbone)[0]);
    }

    [Theory]
    [InlineData(ImageLength - 1, 64)]
    [InlineData(ImageLength, 63)]
    [InlineData(ImageLength, 128)]
    [InlineData(0, 64)]
    public void Embed_lengths_that_do_not_agree_are_refused(int images, int embeddings)
    {
        using var backbone = Load();

        Assert.Throws<ArgumentException>(
            () => backbone.Embed(new float[images], new float[embeddings], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Embed_after_dispose_throws()
    {
        var backbone = Load();
        backbone.Dispose();
        backbone.Dispose();

        Assert.Throws<ObjectDisposedException>(() => EmbedOne(backbone));
    }

    [Fact]
    public void Load_sides_that_are_no_multiples_of_14_are_refused() =>
        Assert.Throws<ArgumentException>(() => DinoV2Backbone.Load(_weights, "test", new StubPreprocessing(224, 225)));

    [Fact]
    public void Load_missing_file_says_where_it_was_looked_for()
    {
        var exception = Assert.Throws<BackboneUnavailableException>(
            () => DinoV2Backbone.Load(Path.Combine(_folder, "missing.pth"), "test", new StubPreprocessing(Width, Height)));

        Assert.Contains("missing.pth", exception.Message, StringComparison.Ordinal);
    }

    private static float[] EmbedOne(DinoV2Backbone backbone)
    {
        var embedding = new float[64];
        backbone.Embed(FormulaWeights.Values("input", ImageLength, 0, 1.5), embedding, TestContext.Current.CancellationToken);
        return embedding;
    }

    private DinoV2Backbone Load(DinoV2Options? options = null) =>
        DinoV2Backbone.Load(_weights, "test", new StubPreprocessing(Width, Height), options);
}
