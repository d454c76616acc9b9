using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Reconciliation;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Training;
using DandelionMl.Training.LearningCurves;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Support;

/// <summary>What users' photos go through, as one process has it. With the default decoder a picture is its bytes, three a pixel, and
/// its embedding the mean of each channel.</summary>
internal sealed class UploadStores
{
    private static readonly BackboneInfo Backbone = new FakeBackbone().Info;

    private readonly IImageDecoder _decoder;

    public UploadStores(
        Database database, IImageStore store, TimeProvider time, ReviewOptions? options = null, IImageDecoder? decoder = null)
    {
        options ??= new ReviewOptions();
        decoder ??= new FakeImageDecoder();
        (Database, Store, _decoder) = (database, store, decoder);
        Catalog = new SqlImageCatalog(database, time);
        Embeddings = new SqlEmbeddingStore(database);
        Relocator = new ImageRelocator(database, store);
        Known = new KnownPhotos(database, Embeddings);
        Intake = new UploadIntake(database, store, Embeddings, decoder, Known, options, time);
        Suggestions = new UploadSuggestions(database);
        Desk = new ReviewDesk(database, Embeddings, Relocator, options, time, NullLogger<ReviewDesk>.Instance);
        Validated = new ValidatedPhotos(database, time);
        TrainingSet = new TrainingSetIntake(database, store, decoder, Relocator, options, time);
        Registry = new SqlModelRegistry(database, store, time);
        Check = new RetrainCheck(Validated, Catalog, Registry, new RetrainPolicy(), new RetrainTelemetry(), time);
        Eraser = new PhotoEraser(database, store, Embeddings, time, NullLogger<PhotoEraser>.Instance);
        Reconciler = new Reconciler(store, new StorePairing(database, store), Catalog, Registry, database, Relocator, Eraser, time);
        var (backbones, embedder) = (new FakeBackbone(), new ImageEmbedder(store, Embeddings, decoder));
        var settings = new SettingStore(database);
        Selection = new BackboneSelection(
            settings, backbones, Catalog, embedder, new KnownWeights(settings, new GoldenEmbedding(settings)), Backbone.Id,
            NullLogger<BackboneSelection>.Instance);
        Trainer = new Trainer(Catalog, Selection, embedder, new NearDuplicateGroups(Database, Embeddings), Registry, new LearningCurveReader(Registry, Embeddings));
        Search = new PhotoSearch(database);
        Similar = new SimilarPhotos(Catalog, Selection, backbones, embedder, Known);
        Editor = new TrainingSetEditor(database, Relocator, Eraser, time, NullLogger<TrainingSetEditor>.Instance);
    }

    public Database Database { get; }

    public IImageStore Store { get; }

    public SqlImageCatalog Catalog { get; }

    public SqlEmbeddingStore Embeddings { get; }

    public SqlModelRegistry Registry { get; }

    public ImageRelocator Relocator { get; }

    public KnownPhotos Known { get; }

    public UploadIntake Intake { get; }

    public UploadSuggestions Suggestions { get; }

    public ReviewDesk Desk { get; }

    public ValidatedPhotos Validated { get; }

    public TrainingSetIntake TrainingSet { get; }

    public RetrainCheck Check { get; }

    internal PhotoEraser Eraser { get; }

    public Reconciler Reconciler { get; }

    public BackboneSelection Selection { get; }

    public Trainer Trainer { get; }

    public PhotoSearch Search { get; }

    public SimilarPhotos Similar { get; }

    public TrainingSetEditor Editor { get; }

    /// <summary>What a model says of a picture: the label with this probability, of two.</summary>
    public static Prediction Predict(byte[] photo, string label = "dandelion", float probability = 0.8f, float[]? embedding = null)
    {
        var other = label == "dandelion" ? "grass" : "dandelion";
        return new Prediction
        {
            Probabilities = [new(label, probability), new(other, 1 - probability)],
            ModelVersion = 7,
            Sha256 = ContentHash.Of(photo),
            Backbone = Backbone,
            Embedding = embedding ?? Embed(photo),
        };
    }

    /// <summary>Uploads a new picture.</summary>
    public async Task<long> UploadAsync(byte[] photo, string label = "dandelion", float probability = 0.8f, float[]? embedding = null)
    {
        var result = await Intake.SubmitAsync(photo, Predict(photo, label, probability, embedding));
        Assert.True(result.IsNew);
        return result.ImageId;
    }

    /// <summary>Uploads pictures of well separated colours.</summary>
    public async Task<List<long>> UploadSeveralAsync(int count, string label = "dandelion")
    {
        var ids = new List<long>();
        for (var number = 0; number < count; number++)
        {
            var angle = 1.5 * number / count;
            ids.Add(await UploadAsync([(byte)(250 * Math.Cos(angle)), (byte)(250 * Math.Sin(angle)), (byte)(number % 3)], label));
        }

        return ids;
    }

    /// <summary>Takes a folder of labelled pictures into the training set.</summary>
    public Task<IngestionReport> IngestAsync(string folder) =>
        new DatasetIngestor(Catalog, Store, _decoder, new NoHttp()).IngestAsync(new FolderDataset(folder));

    public async Task<List<string>> KeysAsync(string prefix = StorageKeys.RawPrefix) =>
        await Store.ListAsync(prefix).Select(item => item.Key).ToListAsync();

    private static float[] Embed(byte[] photo)
    {
        var embedding = new float[3];
        for (var index = 0; index < photo.Length; index++)
        {
            embedding[index % 3] += photo[index] / 255f / (photo.Length / 3f);
        }

        return embedding;
    }

    private sealed class NoHttp : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException("No download was expected.");
    }
}
