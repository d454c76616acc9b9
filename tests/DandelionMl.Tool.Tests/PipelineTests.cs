using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

/// <summary>The demo's pictures, drawn once for the tests of a class.</summary>
public sealed class DrawnPictures : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    public string Path => System.IO.Path.Combine(_folder["demo"], "pictures");

    public async ValueTask InitializeAsync() =>
        await DemoData.CopyToAsync(_folder["demo"]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Pipelines by command line, with processes that end in the middle.</summary>
public sealed class PipelineTests(DrawnPictures pictures) : IClassFixture<DrawnPictures>, IDisposable
{
    private const int Photos = 200;

    private static readonly Dictionary<string, string> Hasty = new()
    {
        ["DandelionMl__Pipelines__HeartbeatInterval"] = "00:00:00.1",
        ["DandelionMl__Pipelines__AbandonedAfter"] = "00:00:01",
        ["DandelionMl__Pipelines__PollInterval"] = "00:00:00.1",
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_of_the_data_set_demo_draws_it_and_trains_a_champion_that_the_gate_passed()
    {
        var data = _folder["drawn"];

        var outcome = await DandelionProcess.RunJsonAsync("pipeline", "run", "ingest-dataset", "--param", "dataset=demo", "--data", data);

        var train = Assert.Single(outcome.GetProperty("triggered").EnumerateArray());
        Assert.Equal("succeeded", train.GetProperty("state").GetString());
        Assert.Equal("champion", train.GetProperty("steps")[1].GetProperty("output").GetProperty("state").GetString());
        Assert.Equal(Photos, Directory.EnumerateFiles(Path.Combine(data, "pictures"), "*.jpg", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task Run_by_a_schedulers_task_does_its_steps_is_found_by_its_key_and_says_that_it_was_skipped()
    {
        var data = _folder["tasks"];
        string[] retrain = ["pipeline", "run", "retrain", "--step", "check-new-images", "--key", "dag/run/check/-1/1", "--group", "dag/run/check/-1",
            "--lease", "60", "--skipped-exit-code", "99", "--json", "--data", data];
        var (exitCode, output, error) = await DandelionProcess.RunAsync([.. retrain]);
        Assert.True(exitCode == 99, error);
        var (again, found, _) = await DandelionProcess.RunAsync([.. retrain]);
        Assert.Equal((99, output), (again, found));
        var run = JsonElement.Parse(output).GetProperty("run");
        Assert.Equal(("skipped", "dag/run/check/-1/1"), (run.GetProperty("state").GetString(), run.GetProperty("key").GetString()));

        var (wrong, _, reason) = await DandelionProcess.RunAsync("pipeline", "run", "retrain", "--step", "fly", "--lease", "5", "--data", data);
        Assert.Equal(1, wrong);
        Assert.Contains("The lease of a run is 5 seconds; 30 to 3600 are accepted.", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_killed_in_the_middle_of_a_step_is_resumed_by_a_host_and_ends_like_an_undisturbed_one()
    {
        var undisturbed = await RunAsync(_folder["undisturbed"]);
        Assert.True(undisturbed.GetProperty("isSuccess").GetBoolean());
        var data = _folder["data"];
        await using (var killed = await StoredObjects.StartUntilAsync(data, 1, () => DandelionProcess.Start([.. RunArguments(data)])))
        {
            await killed.KillAsync();
        }

        Assert.InRange(StoredObjects.List(data).Count(), 1, Photos - 1);
        var left = await ShowAsync(data, 1);
        Assert.Equal("running insert-urls:succeeded process-images:running trigger-train:queued", Describe(left));

        // It may still be alive as far as others know: they don't begin a second run.
        var (exitCode, output, error) = await DandelionProcess.RunAsync([.. RunArguments(data), "--json"]);
        Assert.Equal(1, exitCode);
        Assert.Equal("PipelineBusyException", JsonDocument.Parse(output).RootElement.GetProperty("error").GetString());
        Assert.Contains($"run 1 is running since", error, StringComparison.Ordinal);

        await using (var host = DandelionProcess.Start(Hasty, "serve", "--data", data, "--urls", "http://127.0.0.1:0"))
        {
            await host.ReadUntilAsync(line => line.Contains("Pipeline run 2 of 'train': Succeeded", StringComparison.Ordinal));
            Assert.Equal(0, await host.TerminateAsync());
        }

        Assert.Equal(Describe(undisturbed.GetProperty("run")), Describe(await ShowAsync(data, 1)));
        Assert.Equal(2, (await DandelionProcess.RunJsonAsync("pipeline", "runs", "--data", data)).GetArrayLength());
        Assert.Equal(Names(_folder["undisturbed"]), Names(data));
        Assert.True(JsonElement.DeepEquals(
            undisturbed.GetProperty("triggered")[0].GetProperty("steps")[0].GetProperty("output"),
            (await ShowAsync(data, 2)).GetProperty("steps")[0].GetProperty("output")));
    }

    [Fact]
    public async Task Run_interrupted_is_left_to_be_gone_on_with_and_the_same_command_does()
    {
        var data = _folder["data"];
        await using (var interrupted = await StoredObjects.StartUntilAsync(data, 1, () => DandelionProcess.Start([.. RunArguments(data)])))
        {
            Assert.Equal(130, await interrupted.TerminateAsync());
        }

        var open = (await DandelionProcess.RunJsonAsync("pipeline", "runs", "--data", data)).EnumerateArray()
            .Single(run => !run.GetProperty("isOver").GetBoolean());
        Assert.Equal("waiting", open.GetProperty("state").GetString());
        var outcome = open.GetProperty("pipeline").GetString() == "train"
            ? await DandelionProcess.RunJsonAsync("pipeline", "run", "train", "--data", data)
            : await RunAsync(data);
        Assert.Equal(
            (open.GetProperty("id").GetInt64(), "succeeded"),
            (outcome.GetProperty("run").GetProperty("id").GetInt64(), outcome.GetProperty("run").GetProperty("state").GetString()));
        Assert.Equal(Photos, StoredObjects.List(data).Count());
    }

    [Fact]
    public async Task Failed_run_is_cancelled_retried_and_shown_from_other_processes()
    {
        var (data, dataset) = (_folder["data"], _folder["dataset"]);
        string[] run = ["pipeline", "run", "ingest-dataset", "--param", $"dataset={dataset}", "--data", data];
        var (exitCode, _, error) = await DandelionProcess.RunAsync(run);
        Assert.Equal(1, exitCode);
        Assert.Contains("is not a folder", error, StringComparison.Ordinal);
        Assert.Equal(1, (await DandelionProcess.RunAsync("pipeline", "cancel", "1", "--data", data)).ExitCode);

        // No file is a photo: that is a failure, not a run that had nothing to do.
        Directory.CreateDirectory(Path.Combine(dataset, "grass"));
        await File.WriteAllTextAsync(Path.Combine(dataset, "grass", "broken.jpg"), "no photo", TestContext.Current.CancellationToken);
        (exitCode, _, error) = await DandelionProcess.RunAsync("pipeline", "retry", "1", "--data", data);
        Assert.Equal(1, exitCode);
        Assert.Contains("1 of 1 photos failed", error, StringComparison.Ordinal);

        // One file is no photo: the rest is done, and the exit code says so.
        var picture = Directory.EnumerateFiles(Path.Combine(pictures.Path, "grass")).First();
        File.Copy(picture, Path.Combine(dataset, "grass", "photo.jpg"));
        Assert.Equal(3, (await DandelionProcess.RunAsync("pipeline", "retry", "1", "--no-wait-triggered", "--data", data)).ExitCode);
        var log = (await DandelionProcess.RunJsonAsync("pipeline", "show", "1", "--data", data)).GetProperty("log");
        Assert.Contains(log.EnumerateArray(), line => line.GetProperty("text").GetString()!.Contains("broken.jpg", StringComparison.Ordinal));

        Assert.Equal("queued train-model:queued promotion-gate:queued", Describe(await ShowAsync(data, 2)));
        Assert.Equal("cancelled", (await DandelionProcess.RunJsonAsync("pipeline", "cancel", "2", "--data", data)).GetProperty("state").GetString());
        var pipelines = await DandelionProcess.RunJsonAsync("pipeline", "list", "--data", data);
        Assert.Equal(["ingest-dataset", "train"], pipelines.EnumerateArray().Take(2).Select(pipeline => pipeline.GetProperty("id").GetString()));
        Assert.Equal(2, (await DandelionProcess.RunAsync("pipeline", "run", "train", "--param", "nonsense", "--data", data)).ExitCode);
        Assert.Equal(1, (await DandelionProcess.RunAsync("pipeline", "run", "nonsense", "--data", data)).ExitCode);
    }

    private static string Describe(JsonElement run) =>
        $"{run.GetProperty("state")} {string.Join(' ', run.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("name")}:{step.GetProperty("state")}"))}";

    private static List<string> Names(string data) =>
        [.. StoredObjects.List(data).Select(path => Path.GetRelativePath(data, path)).Order(StringComparer.Ordinal)];

    private static async Task<JsonElement> ShowAsync(string data, int run) =>
        (await DandelionProcess.RunJsonAsync("pipeline", "show", $"{run}", "--data", data)).GetProperty("run");

    private Task<JsonElement> RunAsync(string data) => DandelionProcess.RunJsonAsync([.. RunArguments(data)]);

    private IEnumerable<string> RunArguments(string data) =>
        ["pipeline", "run", "ingest-dataset", "--param", $"dataset={pictures.Path}", "--data", data];
}
