using DandelionMl.Catalog;
using DandelionMl.Reconciliation;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Reconciliation;

public sealed class ReconcilerTests : IAsyncDisposable
{
    private readonly TestStores _stores = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly Reconciler _reconciler;

    public ReconcilerTests() => _reconciler = new Reconciler(
        _stores.Store, _stores.Catalog, _stores.Registry, _stores.Database, new ImageRelocator(_stores.Database, _stores.Store), _time);

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
        Assert.Equal(11, await _stores.Store.ListAsync("", Token).CountAsync(Token));
    }

    [Fact]
    public async Task ReconcileAsync_object_without_row_is_deleted_after_the_grace_period_only()
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
        Assert.Equal([known.Content!.Key], await _stores.Store.ListAsync("", Token).Select(item => item.Key).ToListAsync(Token));
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

    private async Task<string> PutAsync(string key)
    {
        using var content = new MemoryStream([1, 2, 3]);
        await _stores.Store.PutAsync(key, content, Token);
        return key;
    }
}
