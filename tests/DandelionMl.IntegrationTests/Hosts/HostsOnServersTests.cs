using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.Tool.Tests.Support;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.S3;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>Several real host processes on one S3 store and one PostgreSQL database, by configuration alone.</summary>
[Collection(CephTests.Name)]
public sealed class HostsOnServersTests(CephServer ceph, PostgresFixture postgres) : IAsyncLifetime
{
    private const int Pictures = 200;

    private readonly TempFolder _folder = new();
    private readonly S3Options _s3 = ceph.Options(CephServer.NewBucket());
    private PostgresDatabase _database = null!;
    private Dictionary<string, string> _servers = [];

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateBareDatabaseAsync();
        _servers = HostSettings.On(ceph.Endpoint, _s3.Bucket, _database.Connect().ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Whole_slice_runs_on_the_servers_shared_by_two_hosts()
    {
        // Drawn beside the servers, with the embedded default.
        await DemoData.CopyToAsync(_folder["demo"]);
        var (pictures, samples) = (Path.Combine(_folder["demo"], "pictures"), Path.Combine(_folder["demo"], "samples"));

        var ingestions = await Task.WhenAll(RunAsync("one", "ingest", pictures), RunAsync("two", "ingest", pictures));
        Assert.All(ingestions, report => Assert.Equal((0, 0), (Count(report, "conflicts"), Count(report, "failures"))));
        Assert.Equal([$"{Pictures}"], await _database.QueryAsync("SELECT count(*) FROM plants_data WHERE state = 'stored'"));
        using (var store = new S3ImageStore(_s3))
        {
            Assert.Equal(Pictures, await store.ListAsync("raw/", Token).CountAsync(Token));
        }

        var first = await RunAsync("one", "train");
        Assert.Equal(Pictures, first.GetProperty("embeddedImages").GetInt32());
        var second = await RunAsync("two", "train", "--force-promote", "to see it served");
        Assert.Equal(0, second.GetProperty("embeddedImages").GetInt32());
        Assert.Equal(
            first.GetProperty("model").GetProperty("artifactSha256").GetString(), second.GetProperty("model").GetProperty("artifactSha256").GetString());

        var evaluation = await RunAsync("one", "evaluate", samples);
        Assert.Equal(1, evaluation.GetProperty("metrics").GetProperty("accuracy").GetDouble());

        await using var host = DandelionProcess.Start(_servers, "serve", "--data", _folder["two"], "--urls", "http://127.0.0.1:0");
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) };
        using var response = await client.PostPhotoAsync(
            "predict", await File.ReadAllBytesAsync(Directory.EnumerateFiles(Path.Combine(samples, "grass")).First(), Token));
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(("grass", 2), (answer.GetProperty("prediction").GetString(), answer.GetProperty("modelVersion").GetInt32()));
        Assert.Equal(0, await host.TerminateAsync());

        // Nothing of it was kept beside the servers.
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_folder.Path, "*.db", SearchOption.AllDirectories),
            path => !path.StartsWith(_folder["demo"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Data_directory_is_moved_to_the_servers_though_the_move_is_killed()
    {
        await DemoData.CopyToAsync(_folder["demo"]);
        var sample = Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples", "grass")).Order(StringComparer.Ordinal).First();
        var expected = await DandelionProcess.RunJsonAsync("predict", sample, "--data", _folder["demo"]);
        using var store = new S3ImageStore(_s3);

        await using (var killed = DandelionProcess.Start(_servers, "migrate", "--data", _folder["demo"], "--json"))
        {
            while (await store.ListAsync("raw/", Token).CountAsync(Token) < 20)
            {
                killed.AssertRunning();
                await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
            }

            await killed.KillAsync();
        }

        Assert.InRange(await store.ListAsync("raw/", Token).CountAsync(Token), 20, Pictures - 1);
        var report = await DandelionProcess.RunJsonAsync(_servers, "migrate", "--data", _folder["demo"]);
        Assert.Equal(Pictures, await store.ListAsync("raw/", Token).CountAsync(Token));
        Assert.Equal(Pictures, report.GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("table").GetString() == "plants_data").GetProperty("rows").GetInt32());

        var predicted = await RunAsync("one", "predict", sample);
        Assert.Equal(expected.ToString(), predicted.ToString());
        var (again, _, error) = await DandelionProcess.RunAsync(_servers, "migrate", "--data", _folder["demo"]);
        Assert.Equal(1, again);
        Assert.Contains("holds another installation, or one that was moved to the end", error, StringComparison.Ordinal);
        var (nowhere, _, _) = await DandelionProcess.RunAsync("migrate", "--data", _folder["demo"]);
        Assert.Equal(1, nowhere);
    }

    [Fact]
    public async Task Backup_restored_into_empty_servers_gives_the_same_champion_and_the_same_prediction()
    {
        await DemoData.CopyToAsync(_folder["demo"]);
        var sample = Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples", "grass")).Order(StringComparer.Ordinal).First();
        await DandelionProcess.RunJsonAsync(_servers, "migrate", "--data", _folder["demo"]);
        var expected = (await RunAsync("one", "predict", sample), await RunAsync("one", "models", "list"));

        // First the database, then the bucket: what comes in between is an object without a row, which no row misses.
        var dump = await _database.Server.DumpAsync(_database.Name);
        await using var restored = await postgres.CreateBareDatabaseAsync();
        await restored.Server.ExecuteAsync(restored.Name, dump);
        var bucket = ceph.Options(CephServer.NewBucket());
        using (var from = new S3ImageStore(_s3))
        using (var to = new S3ImageStore(bucket))
        {
            await foreach (var item in from.ListAsync(cancellationToken: Token))
            {
                await using var content = await from.OpenReadAsync(item.Key, Token);
                await to.PutAsync(item.Key, content, Token);
            }
        }

        _servers["DandelionMl__Postgres__ConnectionString"] = restored.Connect().ConnectionString;
        _servers["DandelionMl__S3__Bucket"] = bucket.Bucket;
        var found = (await RunAsync("two", "predict", sample), await RunAsync("two", "models", "list"));
        Assert.Equal((expected.Item1.ToString(), expected.Item2.ToString()), (found.Item1.ToString(), found.Item2.ToString()));
        var report = await RunAsync("two", "reconcile", "--verify", "--dry-run");
        Assert.Equal((0, 0), (report.GetProperty("lostImages").GetArrayLength(), report.GetProperty("damagedImages").GetArrayLength()));
    }

    [Fact]
    public async Task One_photo_sent_fifty_times_to_two_hosts_at_once_is_kept_once()
    {
        await DemoData.CopyToAsync(_folder["demo"]);
        await RunAsync("one", "ingest", Path.Combine(_folder["demo"], "pictures"));
        await RunAsync("one", "train", "--force-promote", "to have one to serve");
        var photo = await File.ReadAllBytesAsync(
            Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples", "dandelion")).Order(StringComparer.Ordinal).First(), Token);
        await using var one = await ServeAsync("one");
        await using var two = await ServeAsync("two");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => (number % 2 == 0 ? one : two).UploadAsync(photo)));

        Assert.Single(answers, answer => answer.GetProperty("status").GetString() == "new");
        Assert.Equal(49, answers.Count(answer => answer.GetProperty("status").GetString() == "known"));
        Assert.Single(answers.Select(answer => answer.GetProperty("imageId").GetInt64()).Distinct());
        Assert.Equal(["1"], await _database.QueryAsync("SELECT count(*) FROM plants_data WHERE state = 'pending'"));
        using var store = new S3ImageStore(_s3);
        Assert.Equal(1, await store.ListAsync("raw/new_data/", Token).CountAsync(Token));
    }

    [Fact]
    public async Task Wrong_password_is_a_clear_error_without_the_secret()
    {
        var connection = _database.Connect();
        connection.Password = "not-the-password";
        connection.Username = "nobody";
        var servers = new Dictionary<string, string>(_servers) { ["DandelionMl__Postgres__ConnectionString"] = connection.ConnectionString };

        var (exitCode, output, error) = await DandelionProcess.RunAsync(servers, "models", "list", "--data", _folder["one"]);

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("not-the-password", output + error, StringComparison.Ordinal);
        Assert.NotEmpty(error);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Count(JsonElement report, string property) => report.GetProperty(property).GetArrayLength();

    private Task<JsonElement> RunAsync(string host, params string[] arguments) =>
        DandelionProcess.RunJsonAsync(_servers, [.. arguments, "--data", _folder[host]]);

    private Task<ServedHost> ServeAsync(string host) => ServedHost.StartAsync(_servers, _folder[host]);
}
