using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Hosting;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Pipelines;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.LearningLoop;

/// <summary>A process that ends right before, or right after, any of its reads, transactions and writes of objects while it
/// retrains.</summary>
public sealed class LoopCrashTests : IAsyncLifetime
{
    private const int NewPhotos = 4;

    private readonly TemporaryFolder _prepared = new();

    public async ValueTask InitializeAsync()
    {
        await using var database = Database.OpenSqlite(DatabaseIn(_prepared));
        await using var process = new LoopProcess(database, StoreIn(_prepared), new FakeTimeProvider(Start), Configure);
        await PrepareAsync(process);
    }

    public ValueTask DisposeAsync()
    {
        _prepared.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retraining_ended_at_any_step_is_resumed_and_ends_like_an_undisturbed_one(bool isCarriedOut)
    {
        var expected = await RunAsync(null);
        Assert.Contains("retrain Succeeded", expected, StringComparison.Ordinal);
        Assert.Contains("model Champion", expected, StringComparison.Ordinal);
        var step = 0;
        for (; ; step++)
        {
            var crash = new CrashSwitch(step, isCarriedOut);
            Assert.Equal(expected, await RunAsync(crash));
            if (crash.Steps <= step)
            {
                break;
            }
        }

        Assert.InRange(step, 60, 400);
    }

    private static DateTimeOffset Start { get; } = new(2025, 1, 6, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string DatabaseIn(TemporaryFolder folder) => folder.Sub("dandelion.db");

    private static FolderImageStore StoreIn(TemporaryFolder folder) => new(new FolderImageStoreOptions { Root = folder.Sub("objects") });

    private static void Copy(TemporaryFolder from, TemporaryFolder to)
    {
        foreach (var file in Directory.EnumerateFiles(from.Path, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, to.Sub(Path.GetRelativePath(from.Path, file)));
        }
    }

    /// <summary>Retrains on some reviewed photos, in a process that may crash; another does the rest.</summary>
    /// <returns>What the stores hold in the end.</returns>
    private async Task<string> RunAsync(CrashSwitch? crash)
    {
        using var folder = new TemporaryFolder();
        Copy(_prepared, folder);
        var time = new FakeTimeProvider(Start);
        var store = StoreIn(folder);
        await using var database = Database.OpenSqlite(DatabaseIn(folder));
        await using var process = new LoopProcess(database, store, time, Configure);
        if (crash is not null)
        {
            await using var crashingDatabase = new Database(new CrashingProvider(
                new SqliteProvider(DatabaseIn(folder)), async work => await crash.StepAsync(() => WrapAsync(work))));
            await using var crashing = new LoopProcess(crashingDatabase, new CrashingStore(store, crash), time, Configure);
            await IgnoreCrashAsync(async () =>
            {
                await crashing.Runs.StartAsync(PipelineIds.Retrain, "anna", cancellationToken: Token);
                await crashing.WorkAsync();
            });

            // Until the gate has decided, the old model is served.
            var served = (await process.Classifier.ReloadAsync(Token))!;
            Assert.True(served.Version == 1 || served.Verdict is { Passed: true, ChampionVersion: 1 });
            time.Advance(TimeSpan.FromSeconds(31));
        }

        if ((await process.Runs.ListAsync(PipelineIds.Retrain, cancellationToken: Token)).Runs.Count == 0)
        {
            await process.Runs.StartAsync(PipelineIds.Retrain, "anna", cancellationToken: Token);
        }

        await process.WorkAsync();
        await process.Reconciler.ReconcileAsync(false, DateTimeOffset.MaxValue, false, Token);
        return await DescribeAsync(process, store);
    }

    private static void Configure(DandelionMlOptions options)
    {
        options.Training.LearningRate = 0.05;
        options.Retraining.MinimumNewImages = NewPhotos;
        options.Gate.MinimumTestImagesPerClass = 1;
    }

    private static async Task PrepareAsync(LoopProcess process)
    {
        var photos = new VectorPhotos(seed: 5, distance: 4);
        await process.AddTrainingPhotosAsync(Enumerable.Range(0, 120).Select(index => (Label(index), photos.Draw(Label(index)))));
        await process.Runs.StartAsync(PipelineIds.Train, "the operator", cancellationToken: Token);
        await process.WorkAsync();
        var first = await process.Registry.FindAsync(1, Token);
        Assert.True(first?.State == ModelState.Champion, first?.Verdict?.Summary);
        await process.Classifier.ReloadAsync(Token);
        for (var index = 0; index < NewPhotos; index++)
        {
            var upload = await process.UploadAsync(photos.Draw(Label(index)));
            await process.Desk.DecideAsync(new ReviewDecision(upload.ImageId, PhotoAction.Correct, Label(index)), "anna", Token);
        }
    }

    private static string Label(int index) => VectorPhotos.Labels[index % 2];

    private static async Task<string> DescribeAsync(LoopProcess process, FolderImageStore store)
    {
        var runs = (await process.Runs.ListAsync(cancellationToken: Token)).Runs;
        var models = await process.Registry.ListAsync(Token);
        var photos = await process.Catalog.ListAsync(ImageState.Stored, Token).ToListAsync(Token);
        var uploads = await process.Search.FindAsync(new PhotoFilter { State = ImageState.Stored, IsUpload = true }, cancellationToken: Token);
        var keys = await store.ListAsync("raw/", Token).Select(item => item.Key).ToListAsync(Token);
        return string.Join(
            '\n',
            [
                .. runs.Select(run => $"{run.Pipeline} {run.State} {string.Join(' ', run.Steps.Select(step => step.State))}"),
                // Not by version: one that a crash left reserved keeps its number.
                .. models.Select(model => $"model {model.State} {model.ManifestSha256} {model.ArtifactSha256}"),
                $"{photos.Count} photos, {uploads.Count(photo => photo.Upload!.Watermark == 1)} in the watermark",
                .. keys,
            ]);
    }

    private static async Task<int> WrapAsync(Func<Task> work)
    {
        await work();
        return 0;
    }

    private static async Task IgnoreCrashAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (SimulatedCrashException)
        {
        }
    }
}
