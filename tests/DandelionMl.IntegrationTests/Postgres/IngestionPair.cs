using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Data;
using DandelionMl.Imaging;
using DandelionMl.Storage;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>A database and a folder that a small folder of images is ingested into.</summary>
internal sealed class IngestionPair(PostgresDatabase database) : IAsyncDisposable
{
    private readonly DirectoryInfo _images = Directory.CreateTempSubdirectory("dandelionml-test-");
    private readonly DirectoryInfo _objects = Directory.CreateTempSubdirectory("dandelionml-test-");

    public PostgresDatabase Database => database;

    private FolderImageStore Store => new(new FolderImageStoreOptions { Root = _objects.FullName });

    /// <summary>Images of two labels, two of them with the same bytes.</summary>
    public void WriteImages(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var folder = _images.CreateSubdirectory(number % 2 == 0 ? "dandelion" : "grass");
            var path = Path.Combine(folder.FullName, $"{number}.jpg");
            File.WriteAllText(path, $"image {Math.Max(1, number)}");
            File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }
    }

    public Task<IngestionReport> IngestAsync(Database connected) => new DatasetIngestor(
            new SqlImageCatalog(connected, TimeProvider.System), Store, new AnyJpeg(), new NoHttp())
        .IngestAsync(new FolderDataset(_images.FullName), cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Everything that catalog and store hold, but for ids and times.</summary>
    public async Task<List<string>> ReadStateAsync()
    {
        var state = await database.QueryAsync(
            """
            SELECT regexp_replace(url_source, '^.*/', '') || ' ' || label || ' ' || state || ' ' || coalesce(storage_key, '-')
            FROM plants_data
            """);
        await foreach (var found in Store.ListAsync("", TestContext.Current.CancellationToken))
        {
            state.Add($"object {found.Key} {found.Size}");
        }

        state.Sort(StringComparer.Ordinal);
        return state;
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        _images.Delete(recursive: true);
        _objects.Delete(recursive: true);
    }

    private sealed class AnyJpeg : IImageDecoder
    {
        public ImageHeader ReadHeader(ReadOnlySpan<byte> bytes) => new(ImageFormat.Jpeg, 1, 1, 1);

        public RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0) => new(1, 1, [0, 0, 0]);
    }

    private sealed class NoHttp : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException("No download was expected.");
    }
}
