using System.Text.Json;
using DandelionMl.Imaging;
using DandelionMl.IntegrationTests.Hosts;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Photos;
using DandelionMl.S3;
using DandelionMl.Tests.Support;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Kills;

/// <summary>A bucket and a database that real host processes work on, and are killed over.</summary>
internal sealed class KilledHost(CephServer ceph, PostgresDatabase database) : IAsyncDisposable
{
    private const int PerClass = 5;

    private readonly S3Options _s3 = ceph.Options(CephServer.NewBucket());
    private readonly TempFolder _folder = new();

    public PostgresDatabase Database => database;

    /// <summary>Draws pictures of two classes; one of them is in both.</summary>
    public string DrawPictures()
    {
        var pictures = _folder["pictures"];
        DemoPictures.Draw(pictures, PerClass, seed: 1, TestContext.Current.CancellationToken);
        var dandelion = Directory.EnumerateFiles(Path.Combine(pictures, "dandelion")).Order(StringComparer.Ordinal).First();
        File.Copy(dandelion, Path.Combine(pictures, "grass", "the-same.jpg"));
        return pictures;
    }

    /// <summary>Uploads pictures of the classes in turn, as users do, and gives each its label, as a reviewer does.</summary>
    public async Task ReviewPicturesAsync(int perClass)
    {
        var pictures = _folder["uploads"];
        DemoPictures.Draw(pictures, perClass, seed: 2, TestContext.Current.CancellationToken);
        using var store = new S3ImageStore(_s3);
        var stores = new UploadStores(database.Open(), store, TimeProvider.System, decoder: new SkiaImageDecoder(new ImageLimits()));
        foreach (var (index, file) in Directory.EnumerateFiles(pictures, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Index())
        {
            // Directions of their own, so that none is taken for another's twin.
            var id = await stores.UploadAsync(
                await File.ReadAllBytesAsync(file), embedding: [.. Enumerable.Range(0, 2 * perClass).Select(place => place == index ? 1f : 0)]);
            var label = Path.GetFileName(Path.GetDirectoryName(file)!);
            await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Correct, label), "anna", TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var environment = Environment(ceph.Endpoint, database.Connect().ConnectionString);
        var (exitCode, output, error) = await DandelionProcess.RunAsync(environment, [.. arguments, "--data", _folder["data"], "--json"]);

        // 3: done, but a picture is known under another label. 4: the gate rejected what was trained.
        Assert.True(exitCode is 0 or 3 or 4, $"exit code {exitCode}: {error}");
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Runs a command and kills it at a step, which it must get to.</summary>
    public async Task KillAsync(KillPoint point, params string[] arguments)
    {
        DandelionProcess? process = null;
        var started = new TaskCompletionSource();
        var puts = 0;
        await using var databaseProxy = point is DatabaseKill kill
            ? new InterceptingProxy(database.Server.Port, kill.Texts, kill.Passage, KillAsync)
            : new InterceptingProxy(database.Server.Port, ["no text at all\0"], Passage.GoesOn);
        await using var storeProxy = new FaultProxy(ceph.Endpoint, Choose, KillAsync);
        process = DandelionProcess.Start(
            Environment(storeProxy.Address, database.Connect(databaseProxy.Port).ConnectionString),
            [.. arguments, "--data", _folder["data"], "--json"]);
        started.SetResult();
        await using (process)
        {
            // Killed by a signal: 128 and its number.
            Assert.Equal(128 + 9, await process.WaitForExitAsync());
        }

        async Task KillAsync()
        {
            await started.Task;
            process!.Kill();
        }

        Fault Choose(ProxiedRequest request) =>
            point is StoreKill kill && request.Method == "PUT"
            && request.Target.StartsWith($"/{_s3.Bucket}/{kill.Prefix}", StringComparison.Ordinal) && ++puts == kill.Occurrence
                ? kill.Fault
                : Fault.None;
    }

    /// <summary>Reconciles as if an hour had passed: whatever has no row counts as left behind.</summary>
    public async Task ReconcileAsync()
    {
        using var store = new S3ImageStore(_s3);
        var stores = new UploadStores(database.Open(), store, TimeProvider.System);
        await stores.Reconciler.ReconcileAsync(isDryRun: false, DateTimeOffset.MaxValue, verifyContents: false, TestContext.Current.CancellationToken);
    }

    /// <summary>The keys and sizes of all objects.</summary>
    public async Task<List<string>> ReadObjectsAsync(string prefix)
    {
        using var store = new S3ImageStore(_s3);
        var objects = new List<string>();
        await foreach (var found in store.ListAsync(prefix, TestContext.Current.CancellationToken))
        {
            objects.Add($"{found.Key} {found.Size}");
        }

        return objects;
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        _folder.Dispose();
    }

    private Dictionary<string, string> Environment(Uri endpoint, string connectionString) => new(HostSettings.On(endpoint, _s3.Bucket, connectionString))
    {
        // A few pictures are enough to train and to be judged on.
        ["DandelionMl__Retraining__MinimumNewImages"] = "4",
        ["DandelionMl__Gate__MinimumTestImagesPerClass"] = "1",
        ["DandelionMl__Gate__MinimumAccuracy"] = "0",
        ["DandelionMl__Gate__MinimumRecall"] = "0",
    };
}
