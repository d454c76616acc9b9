using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Photos;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class LabelConflictTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Database _database;
    private readonly SqlImageCatalog _catalog;
    private readonly FolderImageStore _store;

    public LabelConflictTests()
    {
        _database = Database.OpenSqlite(_folder.Sub("data", "test.db"));
        _catalog = new SqlImageCatalog(_database, TimeProvider.System);
        _store = new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Sub("data", "objects") });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TrainingSetEditor Editor => new(
        _database, new ImageRelocator(_database, _store),
        new PhotoEraser(_database, _store, new SqlEmbeddingStore(_database), TimeProvider.System, NullLogger<PhotoEraser>.Instance),
        TimeProvider.System, NullLogger<TrainingSetEditor>.Instance);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_photo_in_two_classes_is_told_each_time_until_a_person_decides()
    {
        var first = Write("dandelion/1.jpg", "same");
        var second = Write("grass/2.jpg", "same");
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal([new LabelConflict(second, "grass", first, "dandelion")], (await IngestAsync()).Conflicts);
        }

        var kept = await _catalog.FindBySourceAsync(ImageSource.OfFile(first), Cancellation);
        await Editor.RelabelAsync(kept!.Id, "clover", "anna", cancellationToken: Cancellation);
        Assert.Empty((await IngestAsync()).Conflicts);
    }

    [Fact]
    public async Task What_a_person_relabelled_or_withdrew_is_no_conflict()
    {
        var relabelled = await _catalog.FindBySourceAsync(await IngestOneAsync("dandelion/1.jpg", "one"), Cancellation);
        var withdrawn = await _catalog.FindBySourceAsync(await IngestOneAsync("dandelion/2.jpg", "two"), Cancellation);
        await Editor.RelabelAsync(relabelled!.Id, "grass", "anna", cancellationToken: Cancellation);
        await Editor.WithdrawAsync(withdrawn!.Id, "blurred", "anna", Cancellation);

        var report = await IngestAsync();
        Assert.Equal((2, 0), (report.AlreadyKnown, report.Conflicts.Count));
        Assert.Equal([relabelled.Id], await _catalog.FindCorrectedAsync([relabelled.Id, withdrawn.Id], Cancellation));
    }

    [Fact]
    public async Task A_label_that_a_person_gave_outlives_the_loss_of_the_photo()
    {
        var image = await _catalog.FindBySourceAsync(await IngestOneAsync("dandelion/1.jpg", "one"), Cancellation);
        await Editor.RelabelAsync(image!.Id, "grass", "anna", cancellationToken: Cancellation);
        await _catalog.MarkLostAsync(image.Id, Cancellation);

        Assert.Equal(1, (await IngestAsync()).New);
        Assert.Equal("grass", (await _catalog.FindAsync(image.Id, Cancellation))!.Label);
    }

    [Fact]
    public async Task A_preview_counts_by_class_and_changes_nothing()
    {
        await IngestOneAsync("dandelion/1.jpg", "one");
        Write("dandelion/2.jpg", "two");
        Write("grass/3.jpg", "three");
        Write("grass/4.jpg", "");
        File.WriteAllBytes(Path.Combine(_folder.Path, "images", "grass", "5.jpg"), []);

        var preview = await Ingestor().PreviewAsync(Dataset, Cancellation);
        Assert.Equal([new ClassPreview("dandelion", 1, 1), new ClassPreview("grass", 2, 0)], preview.Classes);
        Assert.Single(preview.Failures);
        Assert.Empty(await _catalog.CountByLabelAsync(ImageState.Registered, Cancellation));
    }

    [Fact]
    public async Task A_photo_that_never_came_can_be_forgotten_and_one_that_is_kept_can_not()
    {
        var kept = await _catalog.FindBySourceAsync(await IngestOneAsync("dandelion/1.jpg", "one"), Cancellation);
        var damaged = await _catalog.FindBySourceAsync(await IngestOneAsync("dandelion/2.jpg", "CUT"), Cancellation);
        await Editor.RelabelAsync(kept!.Id, "grass", "anna", cancellationToken: Cancellation);

        Assert.Equal(PhotoRefusal.HasBytes, (await Editor.ForgetAsync(kept.Id, Cancellation)).Refusal);
        Assert.True((await Editor.ForgetAsync(damaged!.Id, Cancellation)).IsAccepted);
        Assert.Equal(PhotoRefusal.NotFound, (await Editor.ForgetAsync(damaged.Id, Cancellation)).Refusal);
        Assert.Empty(await _catalog.CountByLabelAsync(ImageState.Registered, Cancellation));

        // Its bytes being lost, it can be forgotten with its history.
        await _catalog.MarkLostAsync(kept.Id, Cancellation);
        Assert.True((await Editor.ForgetAsync(kept.Id, Cancellation)).IsAccepted);
    }

    private FolderDataset Dataset => new(Path.Combine(_folder.Path, "images"));

    private DatasetIngestor Ingestor() => new(_catalog, _store, new MarkerDecoder(), null!);

    private Task<IngestionReport> IngestAsync() => Ingestor().IngestAsync(Dataset, cancellationToken: Cancellation);

    private async Task<string> IngestOneAsync(string name, string content)
    {
        var path = Write(name, content);
        await IngestAsync();
        return ImageSource.OfFile(path);
    }

    private string Write(string name, string content)
    {
        var path = _folder.Write($"images/{name}", MarkerDecoder.Image(content));
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return path;
    }
}
