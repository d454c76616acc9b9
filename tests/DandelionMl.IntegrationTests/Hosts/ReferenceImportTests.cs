using System.Text.Json;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.S3;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>The Python system's bucket and table, laid out as it lays them out, taken over by the command.</summary>
[Collection(CephTests.Name)]
public sealed class ReferenceImportTests(CephServer ceph, PostgresFixture postgres) : IAsyncLifetime
{
    private const int Rows = 60;

    private readonly TempFolder _folder = new();
    private readonly string _bucket = CephServer.NewBucket();
    private readonly List<string> _sources = [];
    private List<string> _photos = [];
    private PostgresDatabase _database = null!;
    private S3ImageStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await DemoData.CopyToAsync(_folder["demo"]);
        _photos = [.. Directory.EnumerateFiles(Path.Combine(_folder["demo"], "pictures"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        _store = new S3ImageStore(ceph.Options(_bucket));
        _database = await postgres.CreateBareDatabaseAsync();
        await _database.ExecuteAsync(
            """
            CREATE TABLE plants_data (
                id SERIAL PRIMARY KEY, url_source VARCHAR(255) NOT NULL UNIQUE, url_s3 VARCHAR(255), label VARCHAR(50) NOT NULL)
            """);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Photos_are_taken_over_with_their_labels_those_that_wait_for_review_once_there_is_a_model()
    {
        var before = await FillAsync();

        var first = await ImportAsync();
        Assert.Equal(3, first.ExitCode);
        Assert.Equal((Rows + 1, Rows + 1, 2, 0), (Number(first, "rows"), Number(first, "labelled", "new"), Count(first, "labelled", "failures"), Count(first, "different")));
        Assert.Equal((Rows + 1, 1), (Number(first, "compared"), Number(first, "models")));
        Assert.Equal((2, 0), (Number(first, "pending", "left"), Number(first, "pending", "added")));

        Assert.Equal(0, (await DandelionProcess.RunAsync("train", "--force-promote", "the first", "--data", _folder["ours"])).ExitCode);
        var second = await ImportAsync();
        Assert.Equal(3, second.ExitCode);
        Assert.Equal((0, Rows + 1), (Number(second, "labelled", "new"), Number(second, "labelled", "alreadyKnown")));
        Assert.Equal((0, 2, 0), (Number(second, "pending", "left"), Number(second, "pending", "added"), Count(second, "pending", "failures")));
        Assert.Equal(2, Number(await ImportAsync(), "pending", "known"));

        // What the ingestion of the same sources finds then, and that nothing was changed there.
        var manifest = Path.Combine(_folder.Path, "sources.csv");
        await File.WriteAllLinesAsync(manifest, ["url,label", .. _sources], Token);
        var preview = await DandelionProcess.RunJsonAsync("ingest", "--dry-run", manifest, "--data", _folder["ours"]);
        Assert.All(preview.GetProperty("classes").EnumerateArray(), row => Assert.Equal(0, row.GetProperty("toIngest").GetInt32()));
        Assert.Equal(before, await _store.ListAsync(cancellationToken: Token).Select(item => item.Key).Order().ToListAsync(Token));
    }

    [Fact]
    public async Task Import_that_is_killed_goes_on()
    {
        await FillAsync();
        await using (var killed = DandelionProcess.Start(Environment(), Arguments()))
        {
            var objects = Path.Combine(_folder["ours"], "objects", "raw");
            while (!Directory.Exists(objects) || Directory.EnumerateFiles(objects, "*.jpg", SearchOption.AllDirectories).Count() < 5)
            {
                killed.AssertRunning();
                await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
            }

            await killed.KillAsync();
        }

        var report = await ImportAsync();

        Assert.Equal(Rows + 1, Number(report, "labelled", "new") + Number(report, "labelled", "alreadyKnown"));
        Assert.Equal(Rows + 1, Number(report, "compared"));
    }

    [Fact]
    public async Task Wrong_database_or_bucket_is_told_without_the_secret()
    {
        var wrong = _database.Connect();
        (wrong.Username, wrong.Password) = ("nobody", "not-the-password");
        var (database, _, databaseError) = await DandelionProcess.RunAsync(Environment(), "import-reference", "--bucket", _bucket, "--endpoint", ceph.Endpoint.AbsoluteUri, "--postgres", wrong.ConnectionString, "--data", _folder["ours"]);
        var (syntax, _, syntaxError) = await DandelionProcess.RunAsync(Environment(), "import-reference", "--bucket", _bucket, "--postgres", "Password=not-the-password;nonsense", "--data", _folder["ours"]);
        var (bucket, _, bucketError) = await DandelionProcess.RunAsync(Environment(), "import-reference", "--bucket", CephServer.NewBucket(), "--endpoint", ceph.Endpoint.AbsoluteUri, "--postgres", _database.Connect().ConnectionString, "--data", _folder["ours"]);

        Assert.Equal((1, 1, 1), (database, syntax, bucket));
        Assert.Contains("The table plants_data can't be read", databaseError, StringComparison.Ordinal);
        Assert.Contains("--postgres is not a valid connection string", syntaxError, StringComparison.Ordinal);
        Assert.Contains("the bucket was not found", bucketError, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", databaseError + syntaxError + bucketError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_of_the_Python_system_is_not_taken_for_ones_own()
    {
        var environment = new Dictionary<string, string>(Environment()) { ["DandelionMl__Postgres__ConnectionString"] = _database.Connect().ConnectionString };
        var (exitCode, _, error) = await DandelionProcess.RunAsync(environment, "database", "upgrade", "--data", _folder["ours"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("holds a table 'plants_data' of another program. Nothing was changed", error, StringComparison.Ordinal);
    }

    /// <summary>60 photos in the training set, one row whose image never came, one reviewed photo, two that wait, a model.</summary>
    private async Task<List<string>> FillAsync()
    {
        for (var number = 0; number < Rows; number++)
        {
            var photo = _photos[number * _photos.Count / Rows];
            var label = Path.GetFileName(Path.GetDirectoryName(photo)!);
            var key = $"raw/{label}/{number:00000000}.jpg";
            await PutAsync(key, photo);
            _sources.Add($"https://photos.example/{label}/{number:00000000}.jpg,{label}");
            await _database.ExecuteAsync(
                $"INSERT INTO plants_data (url_source, url_s3, label) VALUES ('https://photos.example/{label}/{number:00000000}.jpg', '{ceph.Endpoint}{_bucket}/{key}', '{label}')");
        }

        await _database.ExecuteAsync("INSERT INTO plants_data (url_source, label) VALUES ('http://127.0.0.1:1/never-came.jpg', 'grass')");
        var samples = Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        await PutAsync("raw/new_data/corrected_data/6f1c2d3e-0001_dandelion.jpg", samples[0]);
        await PutAsync("raw/new_data/corrected_data/nolabel.jpg", samples[1]);
        await PutAsync("raw/new_data/pending_validation/6f1c2d3e-0002_grass.jpg", samples[2]);
        await PutAsync("raw/new_data/pending_validation/6f1c2d3e-0003_dandelion.jpg", samples[3]);
        await PutAsync("model/2026-01-03/dinov2_classifier_0.pth", samples[0]);
        return await _store.ListAsync(cancellationToken: Token).Select(item => item.Key).Order().ToListAsync(Token);
    }

    private async Task PutAsync(string key, string file)
    {
        await using var content = File.OpenRead(file);
        await _store.PutAsync(key, content, Token);
    }

    private string[] Arguments() =>
    [
        "import-reference", "--bucket", _bucket, "--endpoint", ceph.Endpoint.AbsoluteUri, "--postgres", _database.Connect().ConnectionString,
        "--data", _folder["ours"], "--json",
    ];

    private static Dictionary<string, string> Environment() => new()
    {
        ["REFERENCE_S3_ACCESS_KEY"] = CephServer.AccessKey,
        ["REFERENCE_S3_SECRET_KEY"] = CephServer.SecretKey,
        ["DandelionMl__Backbone"] = "built-in-v1",
        ["DandelionMl__Ingestion__MaxRetries"] = "0",
    };

    private async Task<(int ExitCode, JsonElement Report)> ImportAsync()
    {
        var (exitCode, output, error) = await DandelionProcess.RunAsync(Environment(), Arguments());
        Assert.True(output.Length > 0, error);
        return (exitCode, JsonElement.Parse(output));
    }

    private static int Number((int ExitCode, JsonElement Report) import, params string[] path) =>
        path.Aggregate(import.Report, (element, name) => element.GetProperty(name)).GetInt32();

    private static int Count((int ExitCode, JsonElement Report) import, params string[] path) =>
        path.Aggregate(import.Report, (element, name) => element.GetProperty(name)).GetArrayLength();
}
