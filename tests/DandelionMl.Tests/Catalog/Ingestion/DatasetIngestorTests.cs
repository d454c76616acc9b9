using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Imaging;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class DatasetIngestorTests : IAsyncDisposable
{
    private readonly IngestionFixture _fixture = new();

    private static CancellationToken Cancellation => IngestionFixture.Cancellation;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task IngestAsync_label_in_both_forms_of_unicode_is_one_class()
    {
        _fixture.WriteImage("p\u00E2querette/a.jpg", "a");
        _fixture.WriteImage("pa\u0302querette/b.jpg", "b");

        var report = await _fixture.IngestFolderAsync();

        Assert.Equal((2, 0), (report.New, report.Failures.Count));
        Assert.Equal(["p\u00E2querette"], (await _fixture.OpenCatalog().ListAsync(ImageState.Stored, IngestionFixture.Cancellation)
            .Select(image => image.Label).ToListAsync(IngestionFixture.Cancellation)).Distinct());
    }

    [Fact]
    public async Task Ingest_label_that_differs_in_case_accents_or_spaces_alone_is_remarked()
    {
        _fixture.WriteImage("dandelion/a.jpg", "a");
        _fixture.WriteImage("grass/b.jpg", "b");
        Assert.Empty((await _fixture.IngestFolderAsync()).Remarks);

        // A twin of a class that there is, and two twins of each other, of which the larger is taken for the class.
        _fixture.WriteImage("Dandelion/c.jpg", "c");
        _fixture.WriteImage("P\u00E2querette/d.jpg", "d");
        _fixture.WriteImage("paque rette/e.jpg", "e");
        _fixture.WriteImage("paque rette/f.jpg", "f");
        string[] expected =
        [
            "'Dandelion' differs from the class 'dandelion' only in case, accents or spaces. Merge them if they are the same.",
            "'P\u00E2querette' differs from the class 'paque rette' only in case, accents or spaces. Merge them if they are the same.",
        ];
        Assert.Equal(expected, (await _fixture.Ingestor().PreviewAsync(new FolderDataset(_fixture.Images.Path), Cancellation)).Remarks);
        Assert.Equal(expected, (await _fixture.IngestFolderAsync()).Remarks);
    }

    [Fact]
    public async Task Ingest_folder_stores_each_image_under_its_label_and_hash()
    {
        _fixture.WriteImage("dandelion/a b#1.jpg", "one");
        _fixture.WriteImage("rocket salad/deep/b%.jpg", "two");
        var report = await _fixture.IngestFolderAsync();

        Assert.Equal((2, 0), (report.New, report.AlreadyKnown));
        Assert.Empty(report.Failures);
        Assert.Equal(
            [
                $"object {Key("dandelion", "one")} 6",
                $"object {Key("rocket salad", "two")} 6",
                $"row dandelion/a b#1.jpg dandelion Stored {Key("dandelion", "one")} 6",
                $"row rocket salad/deep/b%.jpg rocket salad Stored {Key("rocket salad", "two")} 6",
            ],
            await _fixture.ReadStateAsync());
    }

    [Fact]
    public async Task Ingest_again_reads_nothing_and_changes_nothing()
    {
        for (var i = 0; i < 10; i++)
        {
            _fixture.WriteImage($"dandelion/{i}.jpg", $"{i % 8}");
        }

        await _fixture.IngestFolderAsync();
        var before = await _fixture.ReadStateAsync();

        // Other bytes, but as many and with the same time: whoever reads them takes them for new images.
        for (var i = 0; i < 10; i++)
        {
            _fixture.WriteImage($"dandelion/{i}.jpg", "x");
        }

        var store = new CountingStore(_fixture.OpenStore());
        var report = await _fixture.Ingestor(store: store)
            .IngestAsync(new FolderDataset(_fixture.Images.Path), cancellationToken: Cancellation);
        Assert.Equal((0, 10, 0, 0), (report.New, report.AlreadyKnown, report.Duplicates.Count, report.Failures.Count));
        Assert.Equal(0, store.Puts);
        Assert.Equal(before, await _fixture.ReadStateAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Ingest_same_bytes_twice_keeps_the_first_and_a_duplicate(int maxConcurrency)
    {
        var first = _fixture.WriteImage("dandelion/1.jpg", "same");
        _fixture.WriteImage("dandelion/2.jpg", "same");
        _fixture.WriteImage("grass/3.jpg", "same");
        var store = new CountingStore(_fixture.OpenStore());
        var report = await _fixture.Ingestor(store: store, maxConcurrency: maxConcurrency)
            .IngestAsync(new FolderDataset(_fixture.Images.Path), cancellationToken: Cancellation);

        Assert.Equal((1, 1), (report.New, store.Puts));
        Assert.Equal(2, report.Duplicates.Count);
        Assert.All(report.Duplicates, duplicate => Assert.Equal(first, duplicate.Original));
        var conflict = Assert.Single(report.Conflicts);
        Assert.Equal(("grass", "dandelion"), (conflict.Label, conflict.KeptLabel));
        Assert.Equal(
            [
                $"object {Key("dandelion", "same")} 7",
                $"row dandelion/1.jpg dandelion Stored {Key("dandelion", "same")} 7",
                $"row dandelion/2.jpg dandelion Duplicate {Key("dandelion", "same")} 7",
                $"row grass/3.jpg grass Duplicate {Key("dandelion", "same")} 7",
            ],
            await _fixture.ReadStateAsync());
    }

    [Fact]
    public async Task Ingest_unreadable_image_is_reported_and_tried_again()
    {
        _fixture.WriteImage("dandelion/1.jpg", "one");
        var broken = _fixture.Images.Write("dandelion/2.jpg", [1, 2, 3]);
        _fixture.Images.Write("dandelion/3.jpg", MarkerDecoder.Image(new string('x', 1_000)));
        var report = await _fixture.IngestFolderAsync();

        Assert.Equal(1, report.New);
        Assert.Equal(
            ["No picture.", "The image is at least 1003 bytes; the limit is 1000 bytes."],
            report.Failures.Select(failure => failure.Reason));
        Assert.Equal(2, (await _fixture.OpenCatalog().CountByLabelAsync(ImageState.Registered, Cancellation))["dandelion"]);

        await File.WriteAllBytesAsync(broken, MarkerDecoder.Image("two"), Cancellation);
        var second = await _fixture.IngestFolderAsync();
        Assert.Equal((1, 1, 1), (second.New, second.AlreadyKnown, second.Failures.Count));
    }

    [Fact]
    public async Task Ingest_damaged_image_is_refused_by_its_name_and_taken_once_it_is_whole()
    {
        var damaged = _fixture.WriteImage("gräs/kaputt ü.jpg", "CUT");
        _fixture.WriteImage("gräs/2.jpg", "two");

        var report = await _fixture.IngestFolderAsync();
        Assert.Equal(1, report.New);
        Assert.Equal([new IngestionFailure(damaged, "The picture is cut off.")], report.Failures);

        _fixture.WriteImage("gräs/kaputt ü.jpg", "whole");
        Assert.Equal((1, 1, 0), await _fixture.IngestFolderAsync() is var second ? (second.New, second.AlreadyKnown, second.Failures.Count) : default);
    }

    [Fact]
    public async Task Ingest_names_with_escapes_takes_each_file_under_its_own_label()
    {
        _fixture.WriteImage("%41/x.jpg", "percent");
        _fixture.WriteImage("A/x.jpg", "letter");
        _fixture.WriteImage("A/IMG%5F1.jpg", "escaped");
        _fixture.WriteImage("A/IMG_1.jpg", "plain");

        var report = await _fixture.IngestFolderAsync();
        Assert.Equal((4, 0), (report.New, report.Failures.Count));
        Assert.Contains($"row %41/x.jpg %41 Stored {Key("%41", "percent")} 10", await _fixture.ReadStateAsync());
        Assert.Equal(4, (await _fixture.IngestFolderAsync()).AlreadyKnown);
    }

    [Fact]
    public async Task Ingest_changed_target_of_a_link_is_a_new_image()
    {
        using var elsewhere = new TemporaryFolder();
        var target = elsewhere.Write("1.jpg", MarkerDecoder.Image("one"));
        File.SetLastWriteTimeUtc(target, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Directory.CreateDirectory(Path.Combine(_fixture.Images.Path, "grass"));
        File.CreateSymbolicLink(Path.Combine(_fixture.Images.Path, "grass", "1.jpg"), target);

        Assert.Equal(1, (await _fixture.IngestFolderAsync()).New);
        await File.WriteAllBytesAsync(target, MarkerDecoder.Image("another"), Cancellation);
        Assert.Equal(1, (await _fixture.IngestFolderAsync()).New);
    }

    [Theory]
    [InlineData("another length")]
    [InlineData("ONE")]
    public async Task Ingest_changed_file_is_a_new_image(string content)
    {
        var path = _fixture.WriteImage("dandelion/1.jpg", "one");
        await _fixture.IngestFolderAsync();
        await File.WriteAllBytesAsync(path, MarkerDecoder.Image(content), Cancellation);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));

        Assert.Equal((1, 0), await _fixture.IngestFolderAsync() is var second ? (second.New, second.AlreadyKnown) : default);
        Assert.Equal((0, 1), await _fixture.IngestFolderAsync() is var third ? (third.New, third.AlreadyKnown) : default);
        var state = await _fixture.ReadStateAsync();
        Assert.Contains($"row dandelion/1.jpg dandelion Stored {Key("dandelion", "one")} 6", state);
        Assert.Contains($"row dandelion/1.jpg dandelion Stored {Key("dandelion", content)} {content.Length + 3}", state);
        Assert.Equal(4, state.Count);
    }

    [Fact]
    public async Task Ingest_touched_file_is_known()
    {
        var path = _fixture.WriteImage("dandelion/1.jpg", "one");
        await _fixture.IngestFolderAsync();
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));

        var report = await _fixture.IngestFolderAsync();
        Assert.Equal((0, 1, 0), (report.New, report.AlreadyKnown, report.Duplicates.Count));
        Assert.Equal(2, (await _fixture.ReadStateAsync()).Count);
    }

    [Fact]
    public async Task Ingest_other_left_overs_are_left_to_their_own_call()
    {
        var other = _fixture.WriteImage("dandelion/1.jpg", "one");
        await _fixture.OpenCatalog().RegisterAsync([new ManifestEntry(new Uri(other).AbsoluteUri, "dandelion")], Cancellation);
        using var folder = new TemporaryFolder();
        folder.Write("grass/2.jpg", MarkerDecoder.Image("two"));

        var report = await _fixture.Ingestor().IngestAsync(new FolderDataset(folder.Path), cancellationToken: Cancellation);
        Assert.Equal(1, report.New);
        Assert.Single(await _fixture.OpenCatalog().CountByLabelAsync(ImageState.Registered, Cancellation));

        report = await _fixture.Ingestor().IngestLeftOversAsync(cancellationToken: Cancellation);
        Assert.Equal(1, report.New);
        Assert.Empty(await _fixture.OpenCatalog().CountByLabelAsync(ImageState.Registered, Cancellation));
    }

    [Fact]
    public async Task Ingest_reports_progress_of_each_image_in_order()
    {
        for (var i = 0; i < 9; i++)
        {
            _fixture.WriteImage($"dandelion/{i}.jpg", $"{i % 4}");
        }

        var progress = new List<ItemProgress>();
        await _fixture.Ingestor().IngestAsync(new FolderDataset(_fixture.Images.Path), new Recorder(progress), Cancellation);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => new ItemProgress(i, 9)), progress);
    }

    [Fact]
    public async Task Ingest_cancelled_in_the_middle_goes_on_next_time()
    {
        for (var i = 0; i < 20; i++)
        {
            _fixture.WriteImage($"dandelion/{i:D2}.jpg", $"{i}");
        }

        using var cancel = new CancellationTokenSource();
        var store = new CancellingStore(_fixture.OpenStore(), cancel, puts: 5);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fixture.Ingestor(store: store)
            .IngestAsync(new FolderDataset(_fixture.Images.Path), cancellationToken: cancel.Token));
        Assert.InRange((await _fixture.OpenCatalog().CountByLabelAsync(ImageState.Registered, Cancellation))["dandelion"], 12, 20);

        await _fixture.IngestFolderAsync();
        Assert.Equal(20, (await _fixture.OpenCatalog().CountByLabelAsync(ImageState.Stored, Cancellation))["dandelion"]);
        Assert.Equal(40, (await _fixture.ReadStateAsync()).Count);
    }

    [Fact]
    public async Task Ingest_two_processes_at_once_store_each_image_once()
    {
        for (var i = 0; i < 40; i++)
        {
            _fixture.WriteImage($"dandelion/{i:D2}.jpg", $"{i % 30}");
        }

        await Task.WhenAll(Task.Run(_fixture.IngestFolderAsync), Task.Run(_fixture.IngestFolderAsync));
        Assert.Equal(30, (await _fixture.OpenCatalog().CountByLabelAsync(ImageState.Stored, Cancellation))["dandelion"]);
        Assert.Equal(10, (await _fixture.OpenCatalog().CountByLabelAsync(ImageState.Duplicate, Cancellation))["dandelion"]);
        Assert.Equal(30, (await _fixture.ReadStateAsync()).Count(line => line.StartsWith("object", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ingest_real_photos_twice_keeps_each_once()
    {
        var folder = SharedFiles.Require("data/dandelion-grass");
        var ingestor = _fixture.Ingestor(maxBytes: 20_000_000, decoder: new AnythingDecoder());

        var first = await ingestor.IngestAsync(new FolderDataset(folder), cancellationToken: Cancellation);
        var second = await ingestor.IngestAsync(new FolderDataset(folder), cancellationToken: Cancellation);
        Assert.Equal((300, 0, 0), (first.New, first.Duplicates.Count, first.Failures.Count));
        Assert.Equal((0, 300), (second.New, second.AlreadyKnown));
    }

    private static string Key(string label, string content) =>
        StorageKeys.Raw(label, ContentHash.Of(MarkerDecoder.Image(content)), ImageFormat.Jpeg);

    private sealed class CancellingStore(IImageStore inner, CancellationTokenSource cancel, int puts) : StoreDecorator(inner)
    {
        private int _puts;

        public override Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _puts) == puts)
            {
                cancel.Cancel();
            }

            return base.PutAsync(key, content, cancellationToken);
        }
    }

    private sealed class Recorder(List<ItemProgress> seen) : IProgress<ItemProgress>
    {
        public void Report(ItemProgress value) => seen.Add(value);
    }

    private sealed class AnythingDecoder : IImageDecoder
    {
        public ImageHeader ReadHeader(ReadOnlySpan<byte> bytes) => new(ImageFormat.Jpeg, 1, 1, 1);

        public RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0) => new(1, 1, [0, 0, 0]);
    }
}
