using System.Globalization;
using DandelionMl.Backbones;
using DandelionMl.Backbones.Weights;
using DandelionMl.Classification;
using DandelionMl.Imaging;
using DandelionMl.Registry;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;
using TorchSharp;

namespace DandelionMl.DinoV2.Tests;

/// <summary>Alone in the process, since it measures memory.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryMeasured
{
    internal const string Name = "memory is measured";
}

/// <summary>Predictions while the champion changes, over the real components: SQLite registry, artifacts in a folder, decoder, a DINOv2
/// network by TorchSharp, classifier.</summary>
[Collection(MemoryMeasured.Name)]
public sealed class PromotionUnderLoadTests : IAsyncDisposable
{
    private const int Predictions = 1_000;
    private const int Promotions = 100;
    private const long MemoryTolerance = 8 << 20;

    private readonly TestStores _stores = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Predictions_in_flight_over_100_promotions_and_a_rollback_are_all_answered_by_one_version_each()
    {
        using var backbone = new CountedBackbone(LoadBackbone());
        using var backbones = new BackboneProvider(
            [new ShippedBackboneSource(new BackboneDescriptor("tiny", "for tests", 64, 0, "MIT"), () => backbone)]);
        for (var version = 1; version <= Promotions + 1; version++)
        {
            await _stores.Registry.RegisterAsync(Registration(version, backbone.Info), Token);
        }

        await _stores.Registry.PromoteAsync(1, "the first", Token);
        await using var classifier = new Classifier(
            _stores.Registry, backbones, new SkiaImageDecoder(new ImageLimits()), options: new ClassifierOptions { MaxConcurrency = Predictions + 1 });
        await classifier.ReloadAsync(Token);
        var photo = ImageEncoder.ToJpeg(SyntheticPhoto.Create(64, 48, seed: 1));

        await classifier.ClassifyAsync(photo, Token);
        var tensors = backbone.LiveTensors;

        // Twice: what the first round leaves in pools is no leak.
        await PromoteUnderLoadAsync(classifier, backbone, photo);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        await PromoteUnderLoadAsync(classifier, backbone, photo);

        Assert.Equal(tensors, backbone.LiveTensors);
        Assert.True(backbone.CreatedTensors > Predictions / 16);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        Assert.True(grown < MemoryTolerance, $"memory grew by {grown} bytes");
    }

    /// <summary>Versions differ in the names of their classes and in what they answer, so that a mixture would show.</summary>
    private static ModelRegistration Registration(int version, BackboneInfo backbone) => new(
        new ModelArtifact
        {
            Labels = [$"left of {version}", $"right of {version}"],
            Space = backbone.Space,
            BackboneSha256 = backbone.WeightsSha256,
            Weights = new float[backbone.Dimensions],
            Bias = [version % 2 == 0 ? 5 : -5],
        },
        new TrainingManifest([]), "{}", new ModelMetrics
        {
            Images = 0,
            Accuracy = 0,
            Loss = 0,
            ExpectedCalibrationError = 0,
            Classes = [],
            ConfusionMatrix = [],
        });

    private async Task PromoteUnderLoadAsync(Classifier classifier, CountedBackbone backbone, byte[] photo)
    {
        // All of them are in flight until the last promotion, and the rollback, are done.
        backbone.Hold();
        var asked = new List<(int Version, Task<Prediction> Answer)>();
        for (var version = 2; version <= Promotions + 1; version++)
        {
            Ask(Predictions / Promotions);
            await _stores.Registry.PromoteAsync(version, "next", Token);
            Assert.Equal(version, (await classifier.ReloadAsync(Token))!.Version);
        }

        await _stores.Registry.RollbackAsync("back", "test", cancellationToken: Token);
        Assert.Equal(Promotions, (await classifier.ReloadAsync(Token))!.Version);
        Ask(1);
        backbone.Release();

        foreach (var (version, answer) in asked)
        {
            var prediction = await answer;
            Assert.Equal(version, prediction.ModelVersion);
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{(version % 2 == 0 ? "right" : "left")} of {version}"), prediction.Label);
            Assert.All(prediction.Probabilities, item => Assert.EndsWith($" of {version}", item.Label, StringComparison.Ordinal));
        }

        Assert.Equal(Predictions + 1, asked.Count);
        await _stores.Registry.PromoteAsync(1, "from the start", Token);
        await classifier.ReloadAsync(Token);

        void Ask(int count)
        {
            for (var i = 0; i < count; i++)
            {
                asked.Add((classifier.Serving!.Version, classifier.ClassifyAsync(photo, Token)));
            }
        }
    }

    private DinoV2Backbone LoadBackbone()
    {
        var path = Path.Combine(_folder.Path, "weights.safetensors");
        using (var stream = File.Create(path))
        {
            SafetensorsWriter.Write(stream, FormulaWeights.DinoV2(width: 64, depth: 2, grid: 4));
        }

        // On the caller's thread alone, whose tensors are then all there are.
        return DinoV2Backbone.Load(path, "tiny", new SquashPreprocessing("squash-28", 28, ChannelNormalization.ImageNet), new DinoV2Options { Threads = 1 });
    }

    /// <summary>Counts the tensors that a pass leaves behind, on whichever thread it runs, and can be held.</summary>
    private sealed class CountedBackbone(DinoV2Backbone inner) : IBackbone
    {
        private readonly ManualResetEventSlim _isOpen = new(initialState: true);
        private long _live;
        private long _created;

        public BackboneInfo Info => inner.Info;

        public long LiveTensors => Interlocked.Read(ref _live);

        public long CreatedTensors => Interlocked.Read(ref _created);

        public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
        {
            _isOpen.Wait(cancellationToken);
            var (live, created) = Count();
            inner.Embed(images, embeddings, cancellationToken);
            var (liveAfter, createdAfter) = Count();
            Interlocked.Add(ref _live, liveAfter - live);
            Interlocked.Add(ref _created, createdAfter - created);
        }

        public void Hold() => _isOpen.Reset();

        public void Release() => _isOpen.Set();

        public void Dispose()
        {
            _isOpen.Dispose();
            inner.Dispose();
        }

        private static (long Live, long Created) Count()
        {
            var statistics = DisposeScopeManager.Statistics;
            return (
                statistics.ThreadTotalLiveCount + statistics.DetachedFromScopeCount + statistics.CreatedOutsideScopeCount,
                statistics.CreatedInScopeCount);
        }
    }
}
