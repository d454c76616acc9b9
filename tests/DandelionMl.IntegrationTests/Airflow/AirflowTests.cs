using System.Text.Json;

namespace DandelionMl.IntegrationTests.Airflow;

/// <summary>The DAGs of deploy/airflow in real Airflows, against the real host.</summary>
[Collection(nameof(AirflowTests))]
public sealed class AirflowTests(AirflowHost host) : IClassFixture<AirflowHost>
{
    private static readonly string[] Tests = ["-m", "unittest", "discover", "-s", "tests/airflow"];

    [Theory]
    [InlineData("3.3.2", "--local")]
    [InlineData("2.11.2")]
    public async Task Dags_load_without_an_error_and_each_does_its_part(string version, params string[] local)
    {
        using var airflow = await AirflowInstallation.CreateAsync(version);
        Assert.Contains("OK", await airflow.RunAsync("python", Tests, new Dictionary<string, string>()), StringComparison.Ordinal);
        Assert.Contains("No data found", await AirflowAsync("dags", ["list-import-errors", .. local]), StringComparison.Ordinal);
        await AirflowAsync("dags", ["reserialize"]); // One DAG triggers another by what the database knows of it.
        var before = (await host.ListRunsAsync(0)).Select(Id).LastOrDefault();
        var trainings = await airflow.CountQueuedAsync("dinov2_train_pipeline");

        await TestAsync("mlops_project_get_store_images", "-c", """{"dataset": "demo"}""");
        Assert.Equal(
            [
                "ingest-dataset insert_urls_to_postgresql/-1/2 Succeeded insert-urls",
                "ingest-dataset process_images/-1/2 Succeeded process-images",
            ],
            await DescribeAsync());
        Assert.Equal(trainings + 1, await airflow.CountQueuedAsync("dinov2_train_pipeline"));

        await TestAsync("dinov2_train_pipeline");
        Assert.Equal(["train Entrainement_du_modele/-1/1 Succeeded train-model promotion-gate"], await DescribeAsync());

        await TestAsync("dinov2_REtrain_pipeline");
        Assert.Equal(["retrain check_new_images/-1/1 Skipped check-new-images"], await DescribeAsync());
        Assert.Equal(trainings + 1, await airflow.CountQueuedAsync("dinov2_train_pipeline"));

        await host.ReviewPhotoAsync();
        await TestAsync("dinov2_REtrain_pipeline");
        Assert.Equal(
            ["retrain check_new_images/-1/1 Succeeded check-new-images", "retrain move_images/-1/1 Succeeded move-images"],
            await DescribeAsync());
        Assert.Equal(trainings + 2, await airflow.CountQueuedAsync("dinov2_train_pipeline"));

        async Task TestAsync(string dag, params string[] more)
        {
            var output = await AirflowAsync("dags", ["test", dag, .. more]);
            Assert.True(
                output.Contains($"DagRun Finished: dag_id={dag}", StringComparison.Ordinal) && output.Contains("state=success", StringComparison.Ordinal),
                output);
        }

        Task<string> AirflowAsync(string command, string[] arguments) => airflow.RunAsync("airflow", [command, .. arguments], host.Connection);

        // The runs since the last time: pipeline, task and what follows it in the key, state, and the steps that were done.
        async Task<List<string>> DescribeAsync()
        {
            var runs = await host.ListRunsAsync(before);
            before = runs.Select(Id).LastOrDefault(before);
            return [.. runs.Select(Describe)];
        }
    }

    private static long Id(JsonElement run) => run.GetProperty("id").GetInt64();

    private static string Describe(JsonElement run)
    {
        var (key, group) = (run.GetProperty("key").GetString()!, run.GetProperty("group").GetString()!);
        Assert.StartsWith(group + "/", key, StringComparison.Ordinal);
        Assert.NotEqual(JsonValueKind.Null, run.GetProperty("leaseUntil").ValueKind);
        var steps = run.GetProperty("steps").EnumerateArray()
            .Where(step => step.GetProperty("state").GetString() == "succeeded").Select(step => step.GetProperty("name").GetString());
        var state = run.GetProperty("state").GetString()!;
        return $"{run.GetProperty("pipeline").GetString()} {string.Join('/', key.Split('/')[2..])} {char.ToUpperInvariant(state[0])}{state[1..]} {string.Join(' ', steps)}";
    }
}
