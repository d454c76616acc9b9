using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.IntegrationTests.S3;

namespace DandelionMl.IntegrationTests.Kills;

/// <summary>Real processes on real servers, killed (SIGKILL) at each step and run again: they end as an undisturbed one does.</summary>
[Collection(CephTests.Name)]
public sealed class KilledProcessTests(CephServer ceph, PostgresFixture postgres)
{
    private const string Commit = "COMMIT\0";
    private const string Rows = "INSERT INTO plants_data";
    private const string Mark = "UPDATE plants_data";
    private const string Reserve = "INSERT INTO model_versions";
    private const string Manifest = "INSERT INTO \"model_manifest_images\"";
    private const string Event = "INSERT INTO model_events";
    private const string Run = "INSERT INTO pipeline_runs";
    private const string Watermark = "INSERT INTO retrain_watermarks";
    private const string Join = "UPDATE plants_data SET state";
    private const string Verdict = "UPDATE model_versions SET verdict";

    private static readonly KillPoint[] IngestSteps =
    [
        new DatabaseKill("before the rows are inserted", Passage.IsDropped, Rows),
        new DatabaseKill("before the rows are committed", Passage.IsDropped, Rows, Commit),
        new DatabaseKill("after the rows are committed", Passage.GoesOn, Rows, Commit),
        new StoreKill("before the first photo is put", Fault.CutRequest, "raw/", 1),
        new StoreKill("after the first photo is put", Fault.LoseResponse, "raw/", 1),
        new StoreKill("after the last photo is put", Fault.LoseResponse, "raw/", 10),
        new DatabaseKill("before photos are marked", Passage.IsDropped, Mark),
        new DatabaseKill("before marks are committed", Passage.IsDropped, Mark, Commit),
        new DatabaseKill("after marks are committed", Passage.GoesOn, Mark, Commit),
    ];

    private static readonly KillPoint[] RegisterSteps =
    [
        new DatabaseKill("before a version is reserved", Passage.IsDropped, Reserve),
        new DatabaseKill("before the reservation is committed", Passage.IsDropped, Reserve, Commit),
        new DatabaseKill("after the reservation is committed", Passage.GoesOn, Reserve, Commit),
        new StoreKill("before the artifact is put", Fault.CutRequest, "model/", 1),
        new StoreKill("after the artifact is put", Fault.LoseResponse, "model/", 1),
        new DatabaseKill("before the manifest is inserted", Passage.IsDropped, Manifest),
        new DatabaseKill("before the version is committed", Passage.IsDropped, Event, Commit),
        new DatabaseKill("after the version is committed", Passage.GoesOn, Event, Commit),
        new DatabaseKill("before the promotion is committed", Passage.IsDropped, Event, Event, Commit),
        new DatabaseKill("after the promotion is committed", Passage.GoesOn, Event, Event, Commit),
    ];

    private static readonly KillPoint[] RetrainSteps =
    [
        new DatabaseKill("before the run is committed", Passage.IsDropped, Run, Commit),
        new DatabaseKill("after the run is committed", Passage.GoesOn, Run, Commit),
        new DatabaseKill("before the photos are claimed", Passage.IsDropped, Watermark, Commit),
        new DatabaseKill("after the photos are claimed", Passage.GoesOn, Watermark, Commit),
        new DatabaseKill("before a photo joins", Passage.IsDropped, Join, Commit),
        new StoreKill("before the first photo is copied", Fault.CutRequest, "raw/", 1),
        new StoreKill("after the first photo is copied", Fault.LoseResponse, "raw/", 1),
        new StoreKill("after the last photo is copied", Fault.LoseResponse, "raw/", 4),
        new DatabaseKill("before the training is triggered", Passage.IsDropped, Watermark, Run, Commit),
        new DatabaseKill("after the training is triggered", Passage.GoesOn, Watermark, Run, Commit),
        new DatabaseKill("before the version is committed", Passage.IsDropped, Watermark, Event, Commit),
        new DatabaseKill("after the version is committed", Passage.GoesOn, Watermark, Event, Commit),
        new DatabaseKill("before the verdict is committed", Passage.IsDropped, Watermark, Verdict, Commit),
        new DatabaseKill("after the verdict is committed", Passage.GoesOn, Watermark, Verdict, Commit),
    ];

    [Fact]
    public async Task Ingest_killed_at_each_step_and_run_again_ends_like_an_undisturbed_run()
    {
        await using var undisturbed = await PrepareAsync();
        await undisturbed.RunAsync("ingest", undisturbed.DrawPictures());
        var expected = await ReadImagesAsync(undisturbed);
        Assert.Equal(10 + 11, expected.Count);
        foreach (var step in IngestSteps)
        {
            await using var host = await PrepareAsync();
            var pictures = host.DrawPictures();
            await host.KillAsync(step, "ingest", pictures);
            await host.RunAsync("ingest", pictures);

            Assert.Equal(expected, await ReadImagesAsync(host));
        }
    }

    [Fact]
    public async Task Train_killed_at_each_step_and_run_again_ends_with_the_same_champion_and_nothing_half_done()
    {
        await using var undisturbed = await PrepareAsync();
        await undisturbed.RunAsync("ingest", undisturbed.DrawPictures());
        await undisturbed.RunAsync("train", "--force-promote", "ten pictures");
        var expected = await ReadModelsAsync(undisturbed);
        Assert.Single(expected, model => model.StartsWith("champion", StringComparison.Ordinal));
        foreach (var step in RegisterSteps)
        {
            await using var host = await PrepareAsync();
            await host.RunAsync("ingest", host.DrawPictures());
            await host.KillAsync(step, "train", "--force-promote", "ten pictures");
            await AssertEveryVersionIsWholeAsync(host);
            await host.RunAsync("train", "--force-promote", "ten pictures");
            await host.ReconcileAsync();

            Assert.Equal(expected, await ReadModelsAsync(host));
            await AssertEveryVersionIsWholeAsync(host);

            // What was put for a version that never came to be is gone.
            Assert.Equal(
                await host.Database.QueryAsync("SELECT count(*) FROM model_versions WHERE state <> 'reserved'"),
                [$"{(await host.ReadObjectsAsync("model/")).Count}"]);
        }
    }

    [Fact]
    public async Task Retrain_killed_at_each_step_and_run_again_ends_like_an_undisturbed_run()
    {
        await using var undisturbed = await PrepareRetrainingAsync();
        await undisturbed.RunAsync("pipeline", "run", "retrain");
        var expected = await ReadRetrainingAsync(undisturbed);
        Assert.Contains("train succeeded", expected);
        Assert.Contains("4 in one watermark", expected);
        foreach (var step in RetrainSteps)
        {
            await using var host = await PrepareRetrainingAsync();
            await host.KillAsync(step, "pipeline", "run", "retrain");

            // As if the time had passed after which a process that gives no sign of life is given up.
            await host.Database.ExecuteAsync("UPDATE pipeline_runs SET heartbeat_at = heartbeat_at - interval '1 hour'");
            Assert.Single(await host.Database.QueryAsync("SELECT version FROM model_versions WHERE state = 'champion'"));
            if ((await OpenRunsAsync(host, "retrain")).Count + (await OpenRunsAsync(host, "train")).Count == 0)
            {
                await host.RunAsync("pipeline", "run", "retrain");
            }

            foreach (var pipeline in new[] { "retrain", "train" })
            {
                if ((await OpenRunsAsync(host, pipeline)).Count > 0)
                {
                    await host.RunAsync("pipeline", "run", pipeline);
                }
            }

            await host.ReconcileAsync();
            Assert.Equal(expected, await ReadRetrainingAsync(host));
            await AssertEveryVersionIsWholeAsync(host);
        }
    }

    private async Task<KilledHost> PrepareRetrainingAsync()
    {
        var host = await PrepareAsync();
        await host.RunAsync("ingest", host.DrawPictures());
        await host.RunAsync("train", "--force-promote", "ten pictures");
        await host.ReviewPicturesAsync(perClass: 2);
        return host;
    }

    private static Task<List<string>> OpenRunsAsync(KilledHost host, string pipeline) => host.Database.QueryAsync(
        $"SELECT id FROM pipeline_runs WHERE pipeline = '{pipeline}' AND state IN ('queued', 'running', 'waiting')");

    private static async Task<List<string>> ReadRetrainingAsync(KilledHost host) =>
    [
        .. await host.Database.QueryAsync("SELECT pipeline || ' ' || state FROM pipeline_runs ORDER BY id"),
        .. await host.Database.QueryAsync(
            "SELECT state || ' ' || artifact_sha256 FROM model_versions WHERE state <> 'reserved' ORDER BY version"),
        .. await host.Database.QueryAsync("SELECT count(*) || ' in one watermark' FROM uploads GROUP BY watermark"),
        .. await host.Database.QueryAsync("SELECT state || ' ' || storage_key FROM plants_data ORDER BY 1"),
        .. (await host.ReadObjectsAsync("raw/")).Order(StringComparer.Ordinal),
    ];

    private async Task<KilledHost> PrepareAsync() => new(ceph, await postgres.CreateDatabaseAsync());

    private static async Task<List<string>> ReadImagesAsync(KilledHost host) =>
    [
        .. await host.Database.QueryAsync(
            """
            SELECT regexp_replace(url_source, '^.*/', '') || ' ' || label || ' ' || state || ' ' || coalesce(storage_key, '-')
            FROM plants_data
            ORDER BY 1
            """),
        .. await host.ReadObjectsAsync("raw/"),
    ];

    /// <summary>What is served. A process killed after its version was committed leaves a whole one, which the next run repeats: which of
    /// them is the champion makes no difference.</summary>
    private static Task<List<string>> ReadModelsAsync(KilledHost host) => host.Database.QueryAsync(
        """
        SELECT state || ' ' || artifact_sha256 || ' ' || manifest_sha256
        FROM model_versions
        WHERE state = 'champion'
        """);

    private static async Task AssertEveryVersionIsWholeAsync(KilledHost host)
    {
        var artifacts = (await host.ReadObjectsAsync("model/")).ConvertAll(found => found.Split(' ')[0]);
        var versions = await host.Database.QueryAsync("SELECT artifact_key FROM model_versions WHERE state <> 'reserved' ORDER BY 1");
        Assert.Empty(versions.Except(artifacts));
        Assert.DoesNotContain("0", await host.Database.QueryAsync(
            """
            SELECT (SELECT count(*) FROM model_manifest_images i WHERE i.version = v.version)
                * (SELECT count(*) FROM model_events e WHERE e.version = v.version)
            FROM model_versions v
            WHERE state <> 'reserved'
            """));
        Assert.True((await host.Database.QueryAsync("SELECT version FROM model_versions WHERE state = 'champion'")).Count <= 1);
    }
}
