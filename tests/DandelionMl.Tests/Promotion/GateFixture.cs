using System.Security.Cryptography;
using System.Text;
using DandelionMl.Backbones;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Promotion;

/// <summary>The gate over the embedded stores, and images whose embeddings have a dimension each, so that a head can be made to answer
/// each image as a test wants.</summary>
internal sealed class GateFixture : IAsyncDisposable
{
    private const int Dimensions = 600;
    private const float DuplicateThreshold = 0.95f;
    private static readonly EmbeddingSpace Space = new("fake", "mean");
    private int _images;

    public TestStores Stores { get; } = new();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public ModelPromotion Gate(PromotionGateOptions? options = null, IModelRegistry? registry = null) =>
        CreateGate(Stores, options, registry);

    public static ModelPromotion CreateGate(TestStores stores, PromotionGateOptions? options = null, IModelRegistry? registry = null) => new(
        registry ?? stores.Registry,
        new PromotionGate(registry ?? stores.Registry, Embeddings(stores), options ?? new PromotionGateOptions()),
        NullLogger<ModelPromotion>.Instance);

    public static ManifestEmbeddings Embeddings(TestStores stores) => new(stores.Embeddings, stores.Catalog, stores.Embedder, stores.Backbones);

    /// <summary>Makes images of a class on one side, with their embeddings unless they are gone. Those of one scene are near-duplicates of
    /// each other.</summary>
    public async Task<List<GateImage>> AddAsync(string label, DataSplit split, int count, bool areGone = false, int? scene = null)
    {
        var images = Enumerable.Range(_images, count).Select(index => new GateImage(
            index, new ManifestImage(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"image {index}"))), label, split), scene)).ToList();
        _images += count;
        if (!areGone)
        {
            await Stores.Embeddings.PutAsync(Space, [.. images.Select(image => KeyValuePair.Create(image.Row.Sha256, image.Embedding))], Token);
        }

        return images;
    }

    /// <summary>Training images of two classes, 50 each, and test images of both.</summary>
    public async Task<List<GateImage>> AddTwoClassesAsync(int testPerClass = 50) =>
    [
        .. await AddAsync("dandelion", DataSplit.Train, 50), .. await AddAsync("grass", DataSplit.Train, 50),
        .. await AddAsync("dandelion", DataSplit.Test, testPerClass), .. await AddAsync("grass", DataSplit.Test, testPerClass),
    ];

    /// <summary>Registers a model that is right on all images but the wrong ones, which it takes for the next class.</summary>
    public async Task<int> RegisterAsync(IReadOnlyList<GateImage> images, IEnumerable<GateImage> wrong, IReadOnlyList<string>? labels = null)
    {
        labels ??= [.. images.Select(image => image.Row.Label).Distinct().Order(StringComparer.Ordinal)];
        var mistaken = wrong.Select(image => image.Index).ToHashSet();
        var outputs = LinearHead.OutputsFor(labels.Count);
        var weights = new float[outputs * Dimensions];
        foreach (var image in images)
        {
            var answer = (labels.Index().Single(label => label.Item == image.Row.Label).Index + (mistaken.Contains(image.Index) ? 1 : 0)) % labels.Count;
            weights[((outputs == 1 ? 0 : answer) * Dimensions) + image.Index] = outputs == 1 && answer == 0 ? -5 : 5;
        }

        var head = new LinearHead(labels.Count, weights, new float[outputs]);
        var tested = images.Where(image => image.Row.Split == DataSplit.Test).OrderBy(image => image.Row.Sha256, StringComparer.Ordinal).ToList();
        var metrics = Evaluation.Measure(
            labels,
            [.. tested.Select(image => new EvaluatedImage(
                head.Classify(image.Embedding), labels.Index().Single(label => label.Item == image.Row.Label).Index))],
            Photos(tested)) with
        {
            DistinctTrainingPhotos = Photos(images.Where(image => image.Row.Split == DataSplit.Train)).Distinct().Count(),
            DuplicateThreshold = DuplicateThreshold,
        };
        var version = await Stores.Registry.RegisterAsync(
            new ModelRegistration(
                new ModelArtifact
                {
                    Labels = labels,
                    Space = Space,
                    BackboneSha256 = new string('0', 64),
                    Weights = weights,
                    Bias = new float[outputs],
                },
                new TrainingManifest([.. images.Select(image => image.Row)]), "{}", metrics),
            Token);
        return version.Version;
    }

    private static int[] Photos(IEnumerable<GateImage> images) => DistinctPhotos.Find(
        [.. images.Select(image => new LabelledEmbedding(image.Row.Sha256, image.Row.Label, image.Embedding))], DuplicateThreshold);

    /// <summary>Any model, for tests in which no image is asked about.</summary>
    public static ModelRegistration Registration() => new(
        new ModelArtifact
        {
            Labels = ["dandelion", "grass"],
            Space = Space,
            BackboneSha256 = new string('0', 64),
            Weights = new float[Dimensions],
            Bias = [0],
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

    /// <summary>Registers a model and makes it the champion.</summary>
    public async Task<int> CrownAsync(IReadOnlyList<GateImage> images, IEnumerable<GateImage> wrong, IReadOnlyList<string>? labels = null)
    {
        var version = await RegisterAsync(images, wrong, labels);
        await Stores.Registry.PromoteAsync(version, "the champion of this test", Token);
        return version;
    }

    public ValueTask DisposeAsync() => Stores.DisposeAsync();

    internal sealed record GateImage(int Index, ManifestImage Row, int? Scene)
    {
        public float[] Embedding { get; } = [.. Enumerable.Range(0, Dimensions).Select(dimension =>
            dimension == Index ? 1f : dimension == Dimensions - 1 - Scene ? 10f : 0f)];
    }
}
