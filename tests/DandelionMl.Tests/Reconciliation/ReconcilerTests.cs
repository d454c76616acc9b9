using System.Globalization;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Photos;
using DandelionMl.Reconciliation;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Reconciliation;

public sealed class ReconcilerTests : IAsyncDisposable
{
    private readonly TestStores _stores = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly Reconciler _reconciler;

    public ReconcilerTests() => _reconciler = Open(_stores);

    private Reconciler Open(TestStores stores, IImageStore? store = null) => new(
        store ?? _stores.Store, new StorePairing(stores.Database, _stores.Store), stores.Catalog, stores.Registry, stores.Database,
        new ImageRelocator(stores.Database, _stores.Store),
        new PhotoEraser(stores.Database, _stores.Store, stores.Embeddings, _time, NullLogger<PhotoEraser>.Instance), _time);

    [Fact]
    public async Task ReconcileAsync_consistent_stores_changes_nothing()
    {
        await _stores.AddColoursAsync(5, ("green", 1), ("red", 0));
        await _stores.Trainer.TrainAsync(cancellationToken: Token);
        _time.Advance(TimeSpan.FromDays(1));

        var report = await _reconciler.ReconcileAsync(cancellationToken: Token);

        Assert.Equivalent(new ReconciliationReport
        {
            LostImages = [],
            LostModels = [],
            Misplaced = [],
            Orphans = [],
            RecentObjects = 0,
            DryRun = false,
        }, report, strict: true);
        Assert.Equal(11, (await ListAsync()).Count);
    }

    [Fact]
    public async Task ReconcileAsync_object_without_row_is_moved_aside_after_the_grace_period_only()
    {
        var known = await _stores.AddAsync("green", [0, 255, 0]);
        var orphan = await PutAsync("raw/green/0000.jpg");
        var artifact = await PutAsync("model/2025-01-01/dinov2_classifier_0.safetensors");

        var early = await _reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equal((0, 2), (early.Orphans.Count, early.RecentObjects));
        Assert.True(await _stores.Store.ExistsAsync(orphan, Token));

        _time.Advance(TimeSpan.FromHours(2));
        var late = await _reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equal([artifact, orphan], late.Orphans);
        Assert.Equal([$"aside/{_time.GetUtcNow():yyyy-MM-dd}/{artifact}", $"aside/{_time.GetUtcNow():yyyy-MM-dd}/{orphan}", known.Content!.Key], await ListAsync());
    }

    [Fact]
    public async Task ReconcileAsync_object_that_was_moved_aside_and_is_missed_is_put_back()
    {
        await _stores.AddAsync("red", [255, 0, 0]);
        var missed = await _stores.AddAsync("green", [0, 255, 0]);
        await _stores.Store.CopyAsync(missed.Content!.Key, $"aside/2026-01-01/{missed.Content.Key}", Token);
        await _stores.Store.DeleteAsync(missed.Content.Key, Token);

        var report = await _reconciler.ReconcileAsync(cancellationToken: Token);

        Assert.Equal([missed.Content.Key], report.PutBack);
        Assert.Empty(report.LostImages);
        Assert.Equal(["raw/green", "raw/red"], (await ListAsync()).Select(key => key[..key.LastIndexOf('/')]));
        Assert.Equal(ImageState.Stored, (await _stores.Catalog.FindBySourceAsync(missed.UrlSource, Token))!.State);
    }

    [Fact]
    public async Task ReconcileAsync_object_moved_aside_is_deleted_after_thirty_days_only()
    {
        await _stores.AddAsync("red", [255, 0, 0]);
        var aside = await PutAsync("aside/2026-01-01/raw/green/0000.jpg");
        _time.Advance(TimeSpan.FromDays(29));
        Assert.Empty((await _reconciler.ReconcileAsync(cancellationToken: Token)).Expired);

        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal([aside], (await _reconciler.ReconcileAsync(cancellationToken: Token)).Expired);
        Assert.False(await _stores.Store.ExistsAsync(aside, Token));
    }

    [Fact]
    public async Task ReconcileAsync_large_share_of_the_store_changes_nothing_unless_asked_for()
    {
        await _stores.AddColoursAsync(5, ("green", 1), ("red", 0));
        foreach (var index in Enumerable.Range(0, 11))
        {
            await PutAsync($"raw/green/{index:0000}.jpg");
        }

        _time.Advance(TimeSpan.FromHours(2));
        var plan = await _reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equal((true, true, 11), (plan.NeedsConfirmation, plan.DryRun, plan.Orphans.Count));
        Assert.Equal(21, (await ListAsync()).Count(key => key.StartsWith("raw/", StringComparison.Ordinal)));

        var done = await _reconciler.ReconcileAsync(dryRun: false, cancellationToken: Token);
        Assert.False(done.NeedsConfirmation);
        Assert.Equal(10, (await ListAsync()).Count(key => key.StartsWith("raw/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("-1:00:00")]
    [InlineData("00:00:00")]
    [InlineData("00:59:59")]
    public async Task ReconcileAsync_grace_period_below_an_hour_is_refused(string grace) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _reconciler.ReconcileAsync(
            gracePeriod: TimeSpan.Parse(grace, CultureInfo.InvariantCulture), cancellationToken: Token));

    [Fact]
    public async Task ReconcileAsync_verified_contents_a_damaged_photo_is_fetched_again_and_a_damaged_model_reported()
    {
        await _stores.AddColoursAsync(5, ("green", 1), ("red", 0));
        var trained = await _stores.Trainer.TrainAsync(cancellationToken: Token);
        var damaged = await _stores.Catalog.ListAsync(ImageState.Stored, Token).FirstAsync(Token);
        await PutAsync(damaged.Content!.Key);
        await PutAsync(trained.Version.ArtifactKey);
        Assert.Empty((await _reconciler.ReconcileAsync(cancellationToken: Token)).DamagedImages);

        var report = await _reconciler.ReconcileAsync(verifyContents: true, cancellationToken: Token);

        Assert.Equal([damaged.Id], report.DamagedImages.Select(image => image.Id));
        Assert.Equal([1], report.DamagedModels);
        Assert.Equal(ImageState.Registered, (await _stores.Catalog.FindBySourceAsync(damaged.UrlSource, Token))!.State);
        Assert.False(await _stores.Store.ExistsAsync(damaged.Content.Key, Token));
    }

    [Fact]
    public async Task ReconcileAsync_verified_photo_that_never_ends_is_damaged()
    {
        await _stores.AddAsync("red", [255, 0, 0]);
        var endless = await _stores.AddAsync("green", [0, 255, 0]);
        var store = new EndlessStore(_stores.Store, endless.Content!.Key);

        var report = await Open(_stores, store).ReconcileAsync(dryRun: true, verifyContents: true, cancellationToken: Token);

        Assert.Equal([endless.Id], report.DamagedImages.Select(image => image.Id));
    }

    [Fact]
    public async Task ReconcileAsync_another_database_deletes_nothing()
    {
        await new StorePairing(_stores.Database, _stores.Store).EnsureAsync(Token);
        await _stores.AddColoursAsync(5, ("green", 1), ("red", 0));
        await using var others = new TestStores();
        var reconciler = Open(others);
        _time.Advance(TimeSpan.FromDays(1));

        var error = await Assert.ThrowsAsync<DatabaseException>(
            () => reconciler.ReconcileAsync(dryRun: false, cancellationToken: Token));

        Assert.Equal(DatabaseFailure.StoreMismatch, error.Failure);
        Assert.Equal(10, (await ListAsync()).Count);

        // Joined on purpose.
        await reconciler.AdoptAsync(Token);
        var adopted = await reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equal((false, 10), (adopted.DryRun, adopted.Orphans.Count));
        Assert.All(await ListAsync(), key => Assert.StartsWith("aside/", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReconcileAsync_row_without_object_is_given_back_to_the_next_ingestion()
    {
        var lost = await _stores.AddAsync("green", [0, 255, 0]);
        var kept = await _stores.AddAsync("red", [255, 0, 0]);
        await _stores.Store.DeleteAsync(lost.Content!.Key, Token);

        var report = await _reconciler.ReconcileAsync(cancellationToken: Token);

        Assert.Equal([new LostImage(lost.Id, lost.UrlSource, lost.Content.Key, ImageState.Stored)], report.LostImages);
        var row = await _stores.Catalog.FindBySourceAsync(lost.UrlSource, Token);
        Assert.Equal((ImageState.Registered, null), (row!.State, row.Content));
        Assert.Equal([kept.Id], await _stores.Catalog.ListAsync(ImageState.Stored, Token).Select(image => image.Id).ToListAsync(Token));

        // What the next ingestion does with it.
        using var bytes = new MemoryStream([0, 255, 0]);
        await _stores.Store.PutAsync(lost.Content.Key, bytes, Token);
        Assert.Equal(ImageState.Stored, (await _stores.Catalog.MarkStoredAsync(lost.Id, lost.Content, Token)).State);
    }

    [Fact]
    public async Task ReconcileAsync_dry_run_reports_the_same_and_changes_nothing()
    {
        var lost = await _stores.AddAsync("green", [0, 255, 0]);
        await new StorePairing(_stores.Database, _stores.Store).EnsureAsync(Token);
        await _stores.Store.DeleteAsync(lost.Content!.Key, Token);
        var orphan = await PutAsync("raw/green/0000.jpg");
        _time.Advance(TimeSpan.FromHours(2));

        var dry = await _reconciler.ReconcileAsync(dryRun: true, cancellationToken: Token);
        Assert.True(await _stores.Store.ExistsAsync(orphan, Token));
        Assert.Equal(ImageState.Stored, (await _stores.Catalog.FindBySourceAsync(lost.UrlSource, Token))!.State);

        var done = await _reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equivalent(dry with { DryRun = false }, done, strict: true);
    }

    [Fact]
    public async Task ReconcileAsync_model_without_artifact_is_reported_and_stays()
    {
        await _stores.AddColoursAsync(5, ("green", 1), ("red", 0));
        var trained = await _stores.Trainer.TrainAsync(cancellationToken: Token);
        await _stores.Store.DeleteAsync(trained.Version.ArtifactKey, Token);

        var report = await _reconciler.ReconcileAsync(cancellationToken: Token);

        Assert.Equal([1], report.LostModels);
        Assert.NotNull(await _stores.Registry.FindAsync(1, Token));
    }

    [Fact]
    public async Task ReconcileAsync_file_of_a_write_that_was_cut_off_is_removed_after_the_grace_period_only()
    {
        await _stores.AddAsync("green", [0, 255, 0]);
        var writing = Path.Combine(_stores.ObjectsFolder, "~writing");
        var half = Path.Combine(writing, "0123456789abcdef");
        File.WriteAllBytes(half, [1, 2]);

        var early = await _reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Empty(early.Leftovers);
        _time.Advance(TimeSpan.FromHours(2));
        var dry = await _reconciler.ReconcileAsync(dryRun: true, cancellationToken: Token);
        Assert.True(File.Exists(half));
        var late = await _reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equal(dry.Leftovers, late.Leftovers);
        Assert.Equal(("unfinished file", "0123456789abcdef"), (late.Leftovers[0].Kind, late.Leftovers[0].Name));
        Assert.Empty(Directory.EnumerateFiles(writing));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ValueTask<List<string>> ListAsync() => _stores.Store.ListAsync("", Token).Select(item => item.Key)
        .Where(key => key != StorePairing.Key).ToListAsync(Token);

    private async Task<string> PutAsync(string key)
    {
        using var content = new MemoryStream([1, 2, 3]);
        await _stores.Store.PutAsync(key, content, Token);
        return key;
    }

    /// <summary>A store that sends one object without an end.</summary>
    private sealed class EndlessStore(IImageStore inner, string endless) : StoreDecorator(inner)
    {
        public override Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default) =>
            key == endless ? Task.FromResult<Stream>(new EndlessStream()) : base.OpenReadAsync(key, cancellationToken);
    }

    private sealed class EndlessStream : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) =>
            (_read += count) < 16 * 1024 * 1024 ? count : throw new InvalidOperationException("It was read on and on.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
