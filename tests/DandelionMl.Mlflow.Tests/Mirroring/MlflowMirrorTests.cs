using System.Text;
using System.Text.Json.Nodes;
using DandelionMl.Mlflow.Tests.Support;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using DandelionMl.Tracking;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Mlflow.Tests.Mirroring;

/// <summary>What is mirrored where, to a server that does all it is asked for.</summary>
public sealed class MlflowMirrorTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeMlflow _server = new();
    private readonly MirroredLoop _loop;

    public MlflowMirrorTests() => _loop = new MirroredLoop(_folder.Path, _server, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Training_with_promotion_is_a_run_a_model_and_a_version_with_alias()
    {
        await _loop.AddPhotosAsync();
        var version = await _loop.LearnAsync();

        await _loop.MirrorAsync();

        Assert.Equal(ModelState.Champion, version.State);
        Assert.Equal(["DINOv2_Classifier"], _server.Experiments.Keys);
        var run = Assert.Single(_server.Runs);
        Assert.Equal(("local_run", "FINISHED"), ((string)run["run_name"]!, (string)run["status"]!));
        var tags = FakeMlflow.TagsOf(run);
        Assert.Equal(("local_run", Environment.MachineName, "1"), (tags["source"], tags["host"], tags["dandelion.version"]));
        Assert.Equal(("champion", "passed"), (tags["dandelion.state"], tags["dandelion.gate"]));
        var parameters = FakeMlflow.TagsOf(run, "params");
        Assert.Equal(
            ("0.003", "32", "5", "fake", "dandelion, grass"),
            (parameters["learning_rate"], parameters["batch_size"], parameters["epochs"], parameters["backbone"], parameters["labels"]));
        Assert.Equal(5, FakeMlflow.MetricsOf(run, "train_loss").Count);
        Assert.Equal(
            (await _loop.Get<IModelRegistry>().LoadEpochsAsync(1, Token)).Select(epoch => epoch.Accuracy * 100), FakeMlflow.MetricsOf(run, "train_accuracy"));
        Assert.Equal([version.Metrics.Accuracy * 100], FakeMlflow.MetricsOf(run, "val_accuracy"));
        Assert.Single(FakeMlflow.MetricsOf(run, "duration"));
        Assert.Single(FakeMlflow.MetricsOf(run, "val_recall/grass"));
        Assert.Single(FakeMlflow.MetricsOf(run, "gate/accuracy"));
        Assert.Equal(2, run["datasets"]!.AsArray().Count);

        var model = Assert.Single(_server.Models);
        Assert.Equal(("LOGGED_MODEL_READY", "dandelion"), ((string)model["status"]!, (string)model["name"]!));
        Assert.Equal((string)run["run_id"]!, (string)model["source_run_id"]!);
        Assert.Equal((string)model["model_id"]!, (string)Assert.Single(run["outputs"]!.AsArray())!["model_id"]!);
        var registered = Assert.Single(_server.Versions);
        Assert.Equal($"models:/{model["model_id"]}", (string)registered["source"]!);
        Assert.Equal(("champion", "1"), Assert.Single(_server.Aliases.Select(alias => (alias.Key, alias.Value))));
    }

    [Fact]
    public async Task Files_are_those_of_the_version()
    {
        await _loop.AddPhotosAsync();
        var version = await _loop.LearnAsync();

        await _loop.MirrorAsync();

        var files = _server.Files.ToDictionary(file => file.Key.Split('/')[^1], file => file.Value);
        Assert.Equal(
            ["MLmodel", "environment.json", "manifest.tsv", "metrics.json", "model.safetensors", "options.json", "verdict.json"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(await _loop.Get<IModelRegistry>().LoadArtifactAsync(version.Version, Token), ModelArtifact.ReadFrom(new MemoryStream(files["model.safetensors"])));
        Assert.Equal(81, Encoding.UTF8.GetString(files["manifest.tsv"]).Count('\n'));
        Assert.True((bool)JsonNode.Parse(files["verdict.json"])!["passed"]!);
    }

    [Fact]
    public async Task Candidate_has_its_alias_until_it_is_decided()
    {
        await _loop.AddPhotosAsync();
        await _loop.TrainAsync();
        await _loop.MirrorAsync();
        Assert.Equal("1", _server.Aliases["candidate"]);

        await _loop.Get<IModelRegistry>().PromoteAsync(1, "by hand", "anna", cancellationToken: Token);
        await _loop.MirrorAsync();

        Assert.Equal(("champion", "1"), Assert.Single(_server.Aliases.Select(alias => (alias.Key, alias.Value))));
        Assert.Single(_server.Runs);
    }

    [Fact]
    public async Task Champion_that_was_replaced_says_so_and_a_rollback_moves_the_alias_back()
    {
        await _loop.AddPhotosAsync();
        await _loop.TrainAsync();
        await _loop.TrainAsync();
        var registry = _loop.Get<IModelRegistry>();
        await registry.PromoteAsync(1, "first", "anna", cancellationToken: Token);
        await _loop.MirrorAsync();
        await registry.PromoteAsync(2, "second", "anna", cancellationToken: Token);
        await _loop.MirrorAsync();
        Assert.Equal("2", _server.Aliases["champion"]);
        Assert.Equal(["archived", "champion"], _server.Runs.Select(run => FakeMlflow.TagsOf(run)["dandelion.state"]));
        Assert.Equal(["archived", "champion"], _server.Versions.Select(version => FakeMlflow.TagsOf(version)["dandelion.state"]));

        await registry.RollbackAsync("worse", "anna", cancellationToken: Token);
        await _loop.MirrorAsync();

        Assert.Equal("1", _server.Aliases["champion"]);
    }

    [Fact]
    public async Task Nothing_is_asked_when_nothing_has_changed()
    {
        await _loop.AddPhotosAsync();
        await _loop.LearnAsync();
        await _loop.MirrorAsync();
        var asked = _server.Requests.Count;

        await _loop.MirrorAsync();

        Assert.Equal(asked, _server.Requests.Count);
    }

    [Fact]
    public async Task Run_of_a_pipeline_is_called_so()
    {
        await _loop.AddPhotosAsync();
        await _loop.TrainAsync("pipeline train, run 7");

        await _loop.MirrorAsync();

        Assert.Equal("dag_run", (string)Assert.Single(_server.Runs)["run_name"]!);
    }

    [Fact]
    public async Task Server_without_logged_models_has_the_models_files_with_the_run()
    {
        _server.HasLoggedModels = false;
        await _loop.AddPhotosAsync();
        await _loop.LearnAsync();

        await _loop.MirrorAsync();

        var run = Assert.Single(_server.Runs);
        Assert.Equal($"{run["artifact_uri"]}/model", (string)Assert.Single(_server.Versions)["source"]!);
        Assert.Contains(_server.Files.Keys, file => file.EndsWith("/artifacts/model/model.safetensors", StringComparison.Ordinal));
        Assert.Equal("1", _server.Aliases["champion"]);
    }

    [Fact]
    public async Task Server_that_is_no_proxy_gets_no_files_and_the_rest()
    {
        _server.IsProxy = false;
        await _loop.AddPhotosAsync();
        await _loop.LearnAsync();

        await _loop.MirrorAsync();

        Assert.Empty(_server.Files);
        Assert.Equal("LOGGED_MODEL_READY", (string)Assert.Single(_server.Models)["status"]!);
        Assert.Equal("1", _server.Aliases["champion"]);
    }

    [Fact]
    public async Task Lost_head_leaves_a_model_whose_upload_failed()
    {
        await _loop.AddPhotosAsync();
        var version = await _loop.LearnAsync();
        await _loop.Get<DandelionMl.Storage.IImageStore>().DeleteAsync(version.ArtifactKey, Token);

        await _loop.MirrorAsync();

        Assert.Equal("LOGGED_MODEL_UPLOAD_FAILED", (string)Assert.Single(_server.Models)["status"]!);
        Assert.Equal("1", _server.Aliases["champion"]);
    }

    [Fact]
    public async Task What_is_older_than_it_is_to_be_is_left_out_but_for_the_champion()
    {
        await _loop.AddPhotosAsync();
        await _loop.TrainAsync();
        await _loop.LearnAsync();
        _time.AdjustTime(_time.GetUtcNow().AddDays(31));

        await _loop.MirrorAsync();

        Assert.Equal("2", FakeMlflow.TagsOf(Assert.Single(_server.Runs))["dandelion.version"]);
    }

    [Fact]
    public async Task Tracker_tells_where_the_copy_is()
    {
        await _loop.AddPhotosAsync();
        await _loop.TrainAsync();
        var tracker = _loop.Get<IExperimentTracker>();
        Assert.Null((await tracker.FindAsync(1, Token))!.Mirror);

        await _loop.MirrorAsync();

        Assert.Equal("http://mlflow.test:5000/#/experiments/1/runs/2", (await tracker.FindAsync(1, Token))!.Mirror!.AbsoluteUri);
        Assert.Null(await tracker.FindAsync(2, Token));
    }
}
