using System.Security.Cryptography;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Training;
using DandelionMl.Training.LearningCurves;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Support;

/// <summary>The embedded stores in a temporary folder, and what is built on them, with pictures of three bytes.</summary>
internal sealed class TestStores : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelionml-test-");

    public TestStores(IBackboneProvider? backbones = null, string? preference = null, ILogger<BackboneSelection>? logger = null)
    {
        Backbones = backbones ?? Backbone;
        Database = Database.OpenSqlite(Path.Combine(_folder.FullName, "test.db"));
        Store = new FolderImageStore(new FolderImageStoreOptions { Root = ObjectsFolder });
        Catalog = new SqlImageCatalog(Database, TimeProvider.System);
        Embeddings = new SqlEmbeddingStore(Database);
        Registry = new SqlModelRegistry(Database, Store, TimeProvider.System);
        Embedder = new ImageEmbedder(Store, Embeddings, new FakeImageDecoder());
        var settings = new SettingStore(Database);
        Selection = new BackboneSelection(
            settings, Backbones, Catalog, Embedder, new KnownWeights(settings, new GoldenEmbedding(settings)), preference ?? "fake",
            logger ?? NullLogger<BackboneSelection>.Instance);
        Trainer = new Trainer(Catalog, Selection, Embedder, new NearDuplicateGroups(Database, Embeddings), Registry, new LearningCurveReader(Registry, Embeddings));
    }

    public string ObjectsFolder => Path.Combine(_folder.FullName, "objects");

    public FakeBackbone Backbone { get; } = new();

    public IBackboneProvider Backbones { get; }

    public Database Database { get; }

    public FolderImageStore Store { get; }

    public SqlImageCatalog Catalog { get; }

    public SqlEmbeddingStore Embeddings { get; }

    public SqlModelRegistry Registry { get; }

    public ImageEmbedder Embedder { get; }

    public BackboneSelection Selection { get; }

    public Trainer Trainer { get; }

    /// <summary>Stores a picture and its row, as an ingestion does.</summary>
    public Task<CatalogImage> AddAsync(string label, byte[] bytes) => AddAsync(Store, Catalog, label, bytes);

    /// <inheritdoc cref="AddAsync(string, byte[])"/>
    public static async Task<CatalogImage> AddAsync(IImageStore store, IImageCatalog catalog, string label, byte[] bytes)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var key = StorageKeys.Raw(label, sha256, ImageFormat.Png);
        using var content = new MemoryStream(bytes);
        await store.PutAsync(key, content);
        var source = $"test:{sha256}";
        await catalog.RegisterAsync([new ManifestEntry(source, label)]);
        var row = await catalog.FindBySourceAsync(source);
        return await catalog.MarkStoredAsync(row!.Id, new StoredContent(key, store.GetUri(key), sha256, bytes.Length));
    }

    /// <summary>Stores pictures of one class each in a colour of its own, with a little variation.</summary>
    public Task AddColoursAsync(int perClass, params (string Label, int Channel)[] classes) =>
        AddColoursAsync(Store, Catalog, perClass, classes);

    /// <inheritdoc cref="AddColoursAsync(int, ValueTuple{string, int}[])"/>
    public static async Task AddColoursAsync(
        IImageStore store, IImageCatalog catalog, int perClass, params (string Label, int Channel)[] classes)
    {
        foreach (var (label, channel) in classes)
        {
            for (var number = 0; number < perClass; number++)
            {
                var pixel = new byte[] { (byte)(number % 40), (byte)(number * 7 % 60), (byte)(number * 13 % 80) };
                pixel[channel] = (byte)(200 + (number % 50));
                await AddAsync(store, catalog, label, pixel);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
