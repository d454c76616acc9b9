using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Imaging;
using DandelionMl.Pipelines;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Pipelines.BuiltIn;

public sealed class IngestDatasetPipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public IngestDatasetPipelineTests()
    {
        Write("dandelion/1.jpg", MarkerDecoder.Image("one"));
        Write("dandelion/2.jpg", MarkerDecoder.Image("two"));
        Write("grass/3.jpg", MarkerDecoder.Image("one"));
        Write("grass/4.jpg", [1, 2, 3]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Dataset => Path.Combine(_folder.Path, "images");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_dataset_registers_processes_and_triggers_a_training()
    {
        await using var directory = new DataDirectory(_folder, "once");
        await using var process = directory.Open();
        var outcome = await RunAsync(process, Dataset);

        Assert.Equal(
            ["""insert-urls {"toIngest":4,"alreadyKnown":0,"conflicts":0,"failures":0}""",
             """process-images {"new":2,"duplicates":1,"conflicts":1,"failures":1}""",
             "trigger-train {}"],
            outcome.Run.Steps.Select(step => $"{step.Name} {step.Output.ToJsonString()}"));
        Assert.Equal(("train", PipelineState.Succeeded), Assert.Single(outcome.Triggered.Select(run => (run.Pipeline, run.State))));
        var warnings = (await process.Runs.ReadLogAsync(outcome.Run.Id, cancellationToken: Cancellation))
            .Where(line => line.Level == LogLevel.Warning).ToList();
        Assert.Contains(warnings, line => line.Step == "process-images" && line.Text.Contains("4.jpg: No picture.", StringComparison.Ordinal));

        var again = await RunAsync(process, Dataset);
        Assert.Equal("""{"toIngest":1,"alreadyKnown":3,"conflicts":1,"failures":0}""", again.Run.Steps[0].Output.ToJsonString());
        Assert.Equal("""{"new":0,"duplicates":0,"conflicts":0,"failures":1}""", again.Run.Steps[1].Output.ToJsonString());
    }

    [Fact]
    public async Task Ingest_dataset_leaves_what_another_one_left()
    {
        await using var directory = new DataDirectory(_folder, "two");
        await using var process = directory.Open();
        await RunAsync(process, Dataset);
        var clean = _folder.Write("clean/clover/5.jpg", MarkerDecoder.Image("five"));
        File.SetLastWriteTimeUtc(clean, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var outcome = await RunAsync(process, Path.Combine(_folder.Path, "clean"));
        Assert.Equal("""{"new":1,"duplicates":0,"conflicts":0,"failures":0}""", outcome.Run.Steps[1].Output.ToJsonString());
    }

    [Fact]
    public async Task Ingest_dataset_asked_for_over_http_reads_no_other_file_than_allowed()
    {
        await using var directory = new DataDirectory(_folder, "remote");
        await using var process = directory.Open();
        var manifest = _folder.Write("m.csv", "url,label\nimages/dandelion/1.jpg,dandelion"u8.ToArray());

        var outcome = await RunAsync(process, manifest, ("remote", "true"));
        Assert.Equal("""{"toIngest":0,"alreadyKnown":0,"conflicts":0,"failures":1}""", outcome.Run.Steps[0].Output.ToJsonString());
        outcome = await RunAsync(process, manifest);
        Assert.Equal("""{"toIngest":1,"alreadyKnown":0,"conflicts":0,"failures":0}""", outcome.Run.Steps[0].Output.ToJsonString());
    }

    [Fact]
    public async Task Ingest_dataset_that_is_not_there_fails_at_once_and_triggers_nothing()
    {
        await using var directory = new DataDirectory(_folder, "none");
        await using var process = directory.Open();
        var outcome = await RunAsync(process, Path.Combine(_folder.Path, "nowhere"));

        Assert.Equal((PipelineState.Failed, 1), (outcome.Run.State, outcome.Run.Steps[0].Attempt));
        Assert.Contains("nowhere", outcome.Run.Reason, StringComparison.Ordinal);
        Assert.Empty(outcome.Triggered);
    }

    [Fact]
    public async Task Ingest_dataset_of_which_all_failed_fails_at_once_and_triggers_nothing()
    {
        await using var directory = new DataDirectory(_folder, "all failed");
        await using var process = directory.Open();
        _folder.Write("damaged/clover/6.jpg", [1, 2, 3]);
        _folder.Write("damaged/clover/7.jpg", [4, 5, 6]);

        var outcome = await RunAsync(process, Path.Combine(_folder.Path, "damaged"));
        Assert.Equal((PipelineState.Failed, 1), (outcome.Run.State, outcome.Run.Steps[1].Attempt));
        Assert.StartsWith("step 'process-images': 2 of 2 photos failed", outcome.Run.Reason, StringComparison.Ordinal);
        Assert.Equal("""{"new":0,"duplicates":0,"conflicts":0,"failures":2}""", outcome.Run.Steps[1].Output.ToJsonString());
        Assert.Empty(outcome.Triggered);

        // Nor where no row could be made for any of them.
        var manifest = _folder.Write("not allowed.csv", "url,label\nimages/dandelion/1.jpg,dandelion"u8.ToArray());
        outcome = await RunAsync(process, manifest, ("remote", "true"));
        Assert.Equal(PipelineState.Failed, outcome.Run.State);
        Assert.StartsWith("step 'process-images': 1 of 1 photos failed", outcome.Run.Reason, StringComparison.Ordinal);
        Assert.Empty(outcome.Triggered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ingest_dataset_ended_at_any_step_and_resumed_ends_like_an_undisturbed_run(bool isCarriedOut)
    {
        await using var undisturbed = new DataDirectory(_folder, "undisturbed");
        await using (var process = undisturbed.Open())
        {
            await RunAsync(process, Dataset);
        }

        var expected = await undisturbed.ReadStateAsync();
        for (var step = 0; ; step++)
        {
            await using var directory = new DataDirectory(_folder, $"{step}");
            var crash = new CrashSwitch(step, isCarriedOut);
            await using (var crashing = directory.Open(crash))
            {
                await IgnoreCrashAsync(() => RunAsync(crashing, Dataset));
            }

            directory.Time.Advance(TimeSpan.FromSeconds(31));
            await using (var process = directory.Open())
            {
                // Another process finds it; if it was never recorded, the person asks again.
                if (await process.WorkAsync() == 0 && (await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs.Count == 0)
                {
                    await RunAsync(process, Dataset);
                }
            }

            Assert.Equal(expected, await directory.ReadStateAsync());
            if (crash.Steps <= step)
            {
                Assert.InRange(step, 20, 150);
                return;
            }
        }
    }

    private static Task<PipelineOutcome> RunAsync(PipelineProcess process, string dataset, params (string Name, string Value)[] more) =>
        process.Runner.RunAsync(
            PipelineIds.IngestDataset,
            "alice",
            more.Prepend(("dataset", dataset)).ToDictionary(parameter => parameter.Item1, parameter => parameter.Item2),
            cancellationToken: Cancellation);

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

    private void Write(string name, byte[] bytes) =>
        File.SetLastWriteTimeUtc(_folder.Write($"images/{name}", bytes), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    /// <summary>A database and a store, and processes on them whose training does nothing.</summary>
    private sealed class DataDirectory(TemporaryFolder folder, string name) : IAsyncDisposable
    {
        private readonly List<Database> _databases = [];

        public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

        private FolderImageStore Store => new(new FolderImageStoreOptions { Root = Path.Combine(folder.Path, name, "objects") });

        public PipelineProcess Open(CrashSwitch? crash = null)
        {
            IImageStore store = crash is null ? Store : new CrashingStore(Store, crash);
            return new PipelineProcess(
                OpenDatabase(crash),
                Time,
                [new PipelineDefinition(PipelineIds.Train, "", new PipelineStep("train", _ => Task.CompletedTask))],
                addParts: services => services.AddSingleton(store).AddSingleton<IImageDecoder, MarkerDecoder>());
        }

        /// <summary>Everything that catalog, store and runs hold in the end.</summary>
        public async Task<List<string>> ReadStateAsync()
        {
            var state = new List<string>();
            await using var process = Open();
            foreach (var run in (await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs)
            {
                state.Add($"run {run.Pipeline} {run.State} {run.Triggers.Count} {string.Join(' ', run.Steps.Select(step => step.State))}");
            }

            var catalog = new SqlImageCatalog(OpenDatabase(null), Time);
            foreach (var imageState in Enum.GetValues<ImageState>())
            {
                await foreach (var image in catalog.ListAsync(imageState, Cancellation))
                {
                    state.Add($"row {Path.GetFileName(image.UrlSource)} {image.Label} {image.State} {image.Content?.Key}");
                }
            }

            await foreach (var found in Store.ListAsync("", Cancellation))
            {
                state.Add($"object {found.Key} {found.Size}");
            }

            state.Sort(StringComparer.Ordinal);
            return state;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var database in _databases)
            {
                await database.DisposeAsync();
            }
        }

        private Database OpenDatabase(CrashSwitch? crash)
        {
            DatabaseProvider provider = new SqliteProvider(folder.Sub(name, "dandelion.db"));
            var database = new Database(crash is null ? provider : new CrashingProvider(provider, work => crash.StepAsync(async () =>
            {
                await work();
                return 0;
            })));
            _databases.Add(database);
            return database;
        }
    }
}
