using System.Text.Json;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.IntegrationTests.Mlflow;

/// <summary>A whole retraining with promotion, read back from a real MLflow 3 server that is killed in the middle and restarted.</summary>
public sealed class MlflowRetrainingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retraining_with_promotion_is_there_once_though_the_server_was_killed_twice()
    {
        await using var server = await MlflowServer.CreateAsync();
        var isArmed = false;
        string[] stages = ["/artifacts/", "/model-versions/create"];
        var stage = 0;
        await using var application = new MirroredApplication(server, before: request =>
        {
            if (isArmed && stage < stages.Length && request.Method != HttpMethod.Get
                && request.RequestUri!.AbsolutePath.Contains(stages[stage], StringComparison.Ordinal))
            {
                stage++;
                server.Kill();
            }
        });
        await application.IngestAsync(seed: 1);
        await application.TrainAsync();
        await application.MirrorAsync();
        Assert.Equal("1", await server.AliasAsync("champion"));

        // MLflow's order of runs that start at once is any.
        application.Time.Advance(TimeSpan.FromMinutes(1));
        await application.IngestAsync(seed: 2);
        var second = await application.TrainAsync();
        var champion = await application.Get<IModelRegistry>().PromoteAsync(second.Version, "for the test", "test", cancellationToken: Token);
        isArmed = true;
        for (var kill = 1; kill <= stages.Length; kill++)
        {
            await application.MirrorAsync();
            Assert.Equal(kill, stage);
            await server.StartAsync();
            application.Time.Advance(TimeSpan.FromMinutes(20));
        }

        await application.MirrorAsync();

        var runs = await server.ListRunsAsync();
        Assert.Equal(["1", "2"], runs.Select(run => MlflowServer.Pairs(run.GetProperty("data"), "tags")["dandelion.version"]));
        var run = runs[1];
        await AssertRunAsync(application, server, run, champion);
        await AssertModelAsync(application, server, run, champion);
        var tags = MlflowServer.Pairs(runs[0].GetProperty("data"), "tags");
        Assert.Equal("archived", tags["dandelion.state"]);
    }

    private static async Task AssertRunAsync(MirroredApplication application, MlflowServer server, JsonElement run, ModelVersion version)
    {
        var (info, data) = (run.GetProperty("info"), run.GetProperty("data"));
        Assert.Equal(("dag_run", "FINISHED"), (info.GetProperty("run_name").GetString(), info.GetProperty("status").GetString()));
        var tags = MlflowServer.Pairs(data, "tags");
        Assert.Equal(("dag_run", Environment.MachineName, "champion"), (tags["source"], tags["host"], tags["dandelion.state"]));
        var parameters = MlflowServer.Pairs(data, "params");
        Assert.Equal(
            ("0.003", "32", "20", "built-in-v1"),
            (parameters["learning_rate"], parameters["batch_size"], parameters["epochs"], parameters["backbone"]));
        Assert.Equal(version.Metrics.Accuracy * 100, double.Parse(MlflowServer.Pairs(data, "metrics")["val_accuracy"], System.Globalization.CultureInfo.InvariantCulture), 1e-9);

        var id = info.GetProperty("run_id").GetString();
        var losses = (await server.GetAsync($"metrics/get-history?run_id={id}&metric_key=train_loss&max_results=1000")).GetProperty("metrics").EnumerateArray()
            .OrderBy(metric => metric.GetProperty("step").GetInt64()).ToList();
        var epochs = await application.Get<IModelRegistry>().LoadEpochsAsync(version.Version, Token);
        Assert.Equal(epochs.Select(epoch => (long)epoch.Epoch), losses.Select(metric => metric.GetProperty("step").GetInt64()));
        Assert.All(epochs.Zip(losses), pair => Assert.Equal(pair.First.Loss, pair.Second.GetProperty("value").GetDouble(), 1e-9));

        var files = (await server.GetAsync($"artifacts/list?run_id={id}")).GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString());
        Assert.Equal(
            ["environment.json", "manifest.tsv", "metrics.json", "options.json", "verdict.json"], files.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["test-photos", "training-photos"],
            run.GetProperty("inputs").GetProperty("dataset_inputs").EnumerateArray()
                .Select(input => input.GetProperty("dataset").GetProperty("name").GetString()).Order(StringComparer.Ordinal));
    }

    private static async Task AssertModelAsync(MirroredApplication application, MlflowServer server, JsonElement run, ModelVersion version)
    {
        var runId = run.GetProperty("info").GetProperty("run_id").GetString()!;
        var models = await server.ListModelsAsync(run.GetProperty("info").GetProperty("experiment_id").GetString()!);
        Assert.Equal(2, models.Count);
        var info = models[1].GetProperty("info");
        Assert.Equal(("LOGGED_MODEL_READY", runId), (info.GetProperty("status").GetString(), info.GetProperty("source_run_id").GetString()));
        var modelId = info.GetProperty("model_id").GetString();
        Assert.Equal(
            modelId,
            run.GetProperty("outputs").GetProperty("model_outputs").EnumerateArray().Select(output => output.GetProperty("model_id").GetString()).Single());
        Assert.Contains(models[1].GetProperty("data").GetProperty("metrics").EnumerateArray(), metric =>
            metric.GetProperty("key").GetString() == "val_accuracy" && metric.GetProperty("dataset_name").GetString() == "test-photos");

        var versions = (await server.ListVersionsAsync()).OrderBy(item => item.GetProperty("version").GetString(), StringComparer.Ordinal).ToList();
        Assert.Equal(2, versions.Count);
        Assert.Equal(($"models:/{modelId}", runId), (versions[1].GetProperty("source").GetString(), versions[1].GetProperty("run_id").GetString()));
        Assert.Contains("\"version\": 2", MlflowServer.Pairs(info, "tags")["mlflow.modelVersions"], StringComparison.Ordinal);
        Assert.Equal(("2", null), (await server.AliasAsync("champion"), await server.AliasAsync("candidate")));

        var path = new Uri(info.GetProperty("artifact_uri").GetString()!).AbsolutePath;
        var head = await server.Http.GetByteArrayAsync(
            new Uri(server.Address, $"/api/2.0/mlflow-artifacts/artifacts{path}/model.safetensors"), Token);
        Assert.Equal(version.ArtifactSha256, ContentHash.Of(head));
    }
}
