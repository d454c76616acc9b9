using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using DandelionMl.Transfer;

namespace DandelionMl.Tests.Transfer;

public sealed class TrainingSetExportTests : IAsyncDisposable
{
    private readonly TestLoop _loop = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder.Path, "export");

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Exported_training_set_is_ingested_again_with_the_same_photos_and_labels()
    {
        await _loop.LearnAsync();
        await AddAsync("dock, \"broad-leaved\" / sorrel", [1, 2, 3]);

        var report = await ExportAsync();

        Assert.Equal((81, 81, 3, 1, 0, 0), (report.Photos, report.Written, report.Labels, report.Champion, report.Failures.Count, report.OtherFiles));
        await using var other = new TestLoop();
        var ingested = await other.Get<DatasetIngestor>().IngestAsync(Datasets.Find(Target), cancellationToken: Token);
        Assert.Equal((81, 0), (ingested.New, ingested.Failures.Count));
        Assert.Equal(await LabelsAsync(_loop), await LabelsAsync(other));
    }

    [Fact]
    public async Task List_tells_each_photos_side_hash_and_source()
    {
        await _loop.LearnAsync();
        await AddAsync("moss", [9, 9, 9]);
        await ExportAsync();

        var lines = await File.ReadAllLinesAsync(Path.Combine(Target, "metadata.csv"), Token);

        Assert.Equal("file_name,label,split,sha256,source", lines[0]);
        var hash = ContentHash.Of([9, 9, 9]);
        Assert.Equal($"moss/{hash}.png,moss,,{hash},test:{hash}", lines[^1]);
        var manifest = await _loop.Get<IModelRegistry>().LoadManifestAsync(1, Token);
        Assert.All(manifest.Images, image => Assert.Contains(
            lines, line => line.Contains($",{(image.Split == DataSplit.Train ? "train" : "test")},{image.Sha256},", StringComparison.Ordinal)));
        Assert.Equal([9, 9, 9], await File.ReadAllBytesAsync(Path.Combine(Target, "moss", $"{hash}.png"), Token));
    }

    [Fact]
    public async Task Export_that_was_cut_off_goes_on_and_has_no_list_until_then()
    {
        await TestStores.AddColoursAsync(_loop.Get<IImageStore>(), _loop.Get<IImageCatalog>(), 40, ("dandelion", 0), ("grass", 1));
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var done = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _loop.Get<TrainingSetExport>().RunAsync(
            Target, new SynchronousProgress<ItemProgress>(_ => (Interlocked.Increment(ref done) == 20 ? cut : null)?.Cancel()), cut.Token));
        Assert.False(File.Exists(Path.Combine(Target, "metadata.csv")));

        var report = await ExportAsync();

        Assert.Equal(80, report.Photos);
        Assert.InRange(report.Written, 1, 60);
        Assert.Equal(0, report.OtherFiles);
        Assert.Equal(0, (await ExportAsync()).Written);
    }

    [Fact]
    public async Task Later_export_adds_what_is_new_mends_what_was_changed_and_leaves_other_files_alone()
    {
        var first = await AddAsync("moss", [1, 1, 1]);
        var second = await AddAsync("moss", [2, 2, 2]);
        await ExportAsync();
        await File.WriteAllBytesAsync(Path.Combine(Target, "moss", $"{first.Content!.Sha256}.png"), [7, 7, 7], Token);
        await File.WriteAllTextAsync(Path.Combine(Target, "notes.txt"), "mine", Token);
        await AddAsync("grass", [3, 3, 3]);

        var report = await ExportAsync();

        Assert.Equal((3, 2, 1), (report.Photos, report.Written, report.OtherFiles));
        Assert.Equal([1, 1, 1], await File.ReadAllBytesAsync(Path.Combine(Target, "moss", $"{first.Content!.Sha256}.png"), Token));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Target, "notes.txt"), Token));
        Assert.True(File.Exists(Path.Combine(Target, "moss", $"{second.Content!.Sha256}.png")));
    }

    [Fact]
    public async Task Photo_that_is_lost_is_told_and_the_others_are_written()
    {
        var lost = await AddAsync("moss", [1, 1, 1]);
        await AddAsync("moss", [2, 2, 2]);
        await _loop.Get<IImageStore>().DeleteAsync(lost.Content!.Key, Token);

        var report = await ExportAsync();

        Assert.Equal(1, report.Photos);
        Assert.Equal(lost.UrlSource, Assert.Single(report.Failures).Source);
    }

    [Fact]
    public async Task Folder_that_holds_something_else_is_refused()
    {
        _folder.Write("export/holiday.jpg", [1]);

        var error = await Assert.ThrowsAsync<TransferException>(ExportAsync);

        Assert.EndsWith("holds something else: name an empty folder, or one that an export has begun.", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(Target));
    }

    [Fact]
    public async Task Folder_that_is_a_file_is_refused()
    {
        _folder.Write("export", [1]);

        await Assert.ThrowsAsync<TransferException>(ExportAsync);
    }

    private Task<ExportReport> ExportAsync() => _loop.Get<TrainingSetExport>().RunAsync(Target, progress: null, Token);

    private Task<CatalogImage> AddAsync(string label, byte[] photo) =>
        TestStores.AddAsync(_loop.Get<IImageStore>(), _loop.Get<IImageCatalog>(), label, photo);

    private static async Task<IEnumerable<(string Sha256, string Label)>> LabelsAsync(TestLoop loop) =>
        (await loop.Get<IImageCatalog>().ListAsync(ImageState.Stored, Token).ToListAsync(Token))
            .Select(image => (image.Content!.Sha256, image.Label)).Order();
}
