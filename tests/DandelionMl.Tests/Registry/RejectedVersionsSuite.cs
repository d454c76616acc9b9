using DandelionMl.Backbones;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.LearningLoop;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Registry;

/// <summary>Which rejected versions are deleted, and that nothing else goes with them.</summary>
public abstract class RejectedVersionsSuite(TestDatabase testDatabase) : IAsyncLifetime
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;
    private StorePairing _pairing = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FolderImageStore Store => new(new FolderImageStoreOptions { Root = _folder.Path });

    private SqlModelRegistry Registry => new(_database, Store, _time);

    public async ValueTask InitializeAsync()
    {
        await testDatabase.InitializeAsync();
        _database = testDatabase.Open();
        _pairing = new StorePairing(_database, Store);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _pairing.Dispose();
        await testDatabase.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Version_that_was_rejected_long_ago_goes_with_all_that_belongs_to_it()
    {
        var rejected = await RejectAsync();
        var newest = await RegisterAsync();
        _time.AdjustTime(_time.GetUtcNow() + Retention);
        Assert.Empty(await Versions(Store).DeleteAsync(Retention, Token));
        _time.Advance(TimeSpan.FromMicroseconds(1));

        Assert.Equal([1], await Versions(Store).FindAsync(Retention, Token));
        Assert.Equal([1], await Versions(Store).DeleteAsync(Retention, Token));

        Assert.Null(await Registry.FindAsync(1, Token));
        Assert.Empty(await Registry.ListEventsAsync(1, Token));
        Assert.Equal([newest.Version], (await Registry.FindVersionsOfImageAsync(new string('a', 64), Token)).Select(use => use.Version));
        Assert.False(await Store.ExistsAsync(rejected.ArtifactKey, Token));
        Assert.True(await Store.ExistsAsync(newest.ArtifactKey, Token));
        Assert.Empty(await Versions(Store).DeleteAsync(Retention, Token));
        Assert.Equal(3, (await RegisterAsync()).Version);
    }

    [Fact]
    public async Task Versions_that_were_not_rejected_stay_and_so_do_the_newest_and_those_with_a_note()
    {
        await PromoteAsync();
        await PromoteAsync(); // Archives the first.
        await RegisterAsync(); // A candidate.
        var noted = await RejectAsync();
        await Registry.AnnotateAsync(noted.Version, "See me.", "alice", Token);
        await RejectAsync();
        _time.AdjustTime(_time.GetUtcNow() + Retention);
        await RejectAsync(); // Lately.
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(1));

        Assert.Equal([5], await Versions(Store).DeleteAsync(Retention, Token));
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(1_000));
        Assert.Empty(await Versions(Store).DeleteAsync(Retention, Token));
        Assert.Equal([6, 4, 3, 2, 1], (await Registry.ListAsync(Token)).Select(model => model.Version));
        Assert.Equal(1, (await Registry.RollbackAsync("worse", "alice", cancellationToken: Token)).Version);
    }

    [Fact]
    public async Task Retention_of_zero_keeps_all()
    {
        await RejectAsync();
        await RegisterAsync();
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(10_000));

        Assert.Empty(await Versions(Store).DeleteAsync(TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task Version_that_is_promoted_or_noted_meanwhile_stays()
    {
        await RejectAsync();
        await RejectAsync();
        await RejectAsync();
        await RegisterAsync();
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(100));
        var store = new DeletionHook(Store, async () =>
        {
            await Registry.PromoteAsync(2, "after all", "alice", cancellationToken: Token);
            await Registry.AnnotateAsync(3, "why?", "alice", Token);
        });

        Assert.Equal([1], await Versions(store).DeleteAsync(Retention, Token));
        Assert.Equal(2, (await Registry.GetChampionAsync(Token))!.Version);
        Assert.NotEmpty((await Registry.LoadManifestAsync(3, Token)).Images);
        await Registry.LoadArtifactAsync(2, Token);
    }

    [Fact]
    public async Task Store_that_fails_leaves_an_object_that_nothing_refers_to()
    {
        var rejected = await RejectAsync();
        await RegisterAsync();
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(100));

        await Assert.ThrowsAsync<IOException>(
            () => Versions(new DeletionHook(Store, () => throw new IOException("gone"))).DeleteAsync(Retention, Token));

        Assert.Null(await Registry.FindAsync(rejected.Version, Token));
        Assert.True(await Store.ExistsAsync(rejected.ArtifactKey, Token));
    }

    [Fact]
    public async Task Store_of_another_database_is_told_before_anything_is_deleted()
    {
        await RejectAsync();
        await RegisterAsync();
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(100));
        await using var process = new LoopProcess(
            testDatabase.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = Path.Combine(_folder.Path, "other") }), _time);

        await Assert.ThrowsAsync<DatabaseException>(() => process.Get<RejectedVersions>().DeleteAsync(Retention, Token));

        Assert.NotNull(await Registry.FindAsync(1, Token));
        Assert.NotEmpty((await Registry.LoadManifestAsync(1, Token)).Images);
    }

    [Fact]
    public async Task Worker_deletes_them_as_the_gates_options_say()
    {
        await RejectAsync();
        await RegisterAsync();
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(8));
        await using var process = new LoopProcess(testDatabase.Open(), Store, _time, options => options.Gate.RejectedRetention = TimeSpan.FromDays(7));
        var worker = process.Get<IEnumerable<IHostedService>>().OfType<PipelineWorker>().Single();

        await worker.StartAsync(Token);
        await Eventually.IsAsync(async () => await Registry.FindAsync(1, Token) is null);
        await worker.StopAsync(Token);

        Assert.Equal([2], (await Registry.ListAsync(Token)).Select(model => model.Version));
    }

    private RejectedVersions Versions(IImageStore store) => new(_database, store, _pairing, _time, Retention);

    private async Task<ModelVersion> RegisterAsync() => await Registry.RegisterAsync(
        new ModelRegistration(
            new ModelArtifact
            {
                Labels = ["dandelion", "grass"],
                Space = new EmbeddingSpace("backbone", "squash"),
                BackboneSha256 = new string('f', 64),
                Weights = [0.5f, -1, 2],
                Bias = [0.25f],
            },
            new TrainingManifest([new(new string('a', 64), "dandelion", DataSplit.Train), new(new string('b', 64), "grass", DataSplit.Test)]),
            "{}",
            new ModelMetrics
            {
                Images = 1, Accuracy = 1, Loss = 0, ExpectedCalibrationError = 0, ConfusionMatrix = [[0, 0], [0, 1]],
                Classes = [new("dandelion", 0, 0, 0), new("grass", 1, 1, 1)],
            }),
        Token);

    private Task<ModelVersion> RejectAsync() => DecideAsync(passed: false);

    private Task<ModelVersion> PromoteAsync() => DecideAsync(passed: true);

    private async Task<ModelVersion> DecideAsync(bool passed)
    {
        var (version, champion) = (await RegisterAsync(), await Registry.GetChampionAsync(Token));
        var verdict = new GateVerdict(champion?.Version, [new GateCheck("accuracy", passed, 0.5, 0.8, "as measured")], null);
        return await Registry.DecideAsync(version.Version, verdict, "gate", Token);
    }

    private sealed class DeletionHook(IImageStore inner, Func<Task> first) : StoreDecorator(inner)
    {
        private bool _isCalled;

        public override async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
        {
            if (!_isCalled)
            {
                _isCalled = true;
                await first();
            }

            return await base.DeleteAsync(key, cancellationToken);
        }
    }
}
