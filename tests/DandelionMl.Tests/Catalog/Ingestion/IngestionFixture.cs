using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Imaging;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

/// <summary>A data directory of a test's own, and a folder for the images to be ingested.</summary>
internal sealed class IngestionFixture : IAsyncDisposable
{
    private readonly SqliteFile _database = new();
    private readonly TemporaryFolder _objects = new();

    public TemporaryFolder Images { get; } = new();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IImageCatalog OpenCatalog() => new SqlImageCatalog(_database.Open(), TimeProvider.System);

    public IImageStore OpenStore() => new FolderImageStore(new FolderImageStoreOptions { Root = _objects.Path });

    /// <summary>Writes a file that was there well before it is ingested, as nearly every file was.</summary>
    public string WriteImage(string relativePath, string content)
    {
        var path = Images.Write(relativePath, MarkerDecoder.Image(content));
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return path;
    }

    public DatasetIngestor Ingestor(
        IImageCatalog? catalog = null,
        IImageStore? store = null,
        IHttpClientFactory? http = null,
        int maxConcurrency = 4,
        int maxBytes = 1_000,
        IImageDecoder? decoder = null) => new(
        catalog ?? OpenCatalog(),
        store ?? OpenStore(),
        decoder ?? new MarkerDecoder(),
        http ?? new NoHttp(),
        new IngestionOptions { MaxConcurrency = maxConcurrency, RetryDelay = TimeSpan.Zero },
        new ImageLimits { MaxBytes = maxBytes });

    public Task<IngestionReport> IngestFolderAsync() =>
        Ingestor().IngestAsync(new FolderDataset(Images.Path), cancellationToken: Cancellation);

    /// <summary>Everything that catalog and store hold, but for ids and times.</summary>
    public async Task<List<string>> ReadStateAsync()
    {
        var state = new List<string>();
        foreach (var imageState in Enum.GetValues<ImageState>())
        {
            await foreach (var image in OpenCatalog().ListAsync(imageState, Cancellation))
            {
                var source = Path.GetRelativePath(Images.Path, new Uri(image.UrlSource).LocalPath);
                state.Add($"row {source} {image.Label} {image.State} {image.Content?.Key} {image.Content?.Size}");
            }
        }

        await foreach (var found in OpenStore().ListAsync("", Cancellation))
        {
            state.Add($"object {found.Key} {found.Size}");
        }

        state.Sort(StringComparer.Ordinal);
        return state;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _objects.Dispose();
        Images.Dispose();
    }

    private sealed class NoHttp : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException("No download was expected.");
    }
}
