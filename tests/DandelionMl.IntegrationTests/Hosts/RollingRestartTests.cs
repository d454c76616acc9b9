using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>What a cluster does, by real processes on the servers: a Job that embeds in shares, hosts that are replaced one after the other
/// while requests come, a CronJob's retraining.</summary>
[Collection(CephTests.Name)]
public sealed class RollingRestartTests(CephServer ceph, PostgresFixture postgres) : IAsyncLifetime
{
    private const int Pictures = 200;
    private const int Shares = 4;
    private const int Clients = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private readonly ConcurrentDictionary<string, Replica> _ready = new();
    private readonly int[] _turns = new int[Clients];
    private readonly ConcurrentBag<int> _versions = [];
    private readonly ConcurrentBag<string> _failures = [];
    private PostgresDatabase _database = null!;
    private Dictionary<string, string> _servers = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateBareDatabaseAsync();
        _servers = new Dictionary<string, string>(HostSettings.On(ceph.Endpoint, CephServer.NewBucket(), _database.Connect().ConnectionString))
        {
            ["DandelionMl__Pipelines__SchedulerEnabled"] = "false",
            ["DandelionMl__Security__PredictionsPerMinute"] = "0",
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _ready.Values)
        {
            await replica.DisposeAsync();
        }

        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Hosts_are_replaced_under_load_without_a_failed_request_and_follow_one_champion()
    {
        await DemoData.CopyToAsync(_folder["demo"]);
        await RunAsync("ingest", Path.Combine(_folder["demo"], "pictures"));
        await EmbedAsync();
        var trained = await RunAsync("train", "--force-promote", "the first");
        Assert.Equal(0, trained.GetProperty("embeddedImages").GetInt32());

        await StartAsync("a");
        await StartAsync("b");
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, Clients).Select(client => SendAsync(client, end.Token)).ToList();
        foreach (var (old, replacement) in new[] { ("a", "c"), ("b", "d") })
        {
            await StartAsync(replacement);
            await StopAsync(old);
        }

        // What the CronJob runs: nothing is new, so the gate keeps the champion, which is no failure of the Job.
        var (retrained, _, error) = await DandelionProcess.RunAsync(
            _servers, "pipeline", "run", "retrain", "--param", "force=true", "--accept", "3", "--accept", "4", "--data", _folder["job"]);
        Assert.True(retrained == 0, error);
        await RunAsync("models", "promote", "2", "--reason", "to see it served by all");
        await UntilAsync(async () => (await AskAllAsync()).All(version => version == 2));

        await end.CancelAsync();
        await Task.WhenAll(load);
        Assert.Empty(_failures);
        Assert.InRange(_versions.Count, 20, int.MaxValue);
        Assert.All(_versions, version => Assert.InRange(version, 1, 2));
    }

    [Fact]
    public async Task Host_that_is_killed_fails_the_requests_that_it_had_alone()
    {
        await DemoData.CopyToAsync(_folder["demo"]);
        await DandelionProcess.RunJsonAsync(_servers, "migrate", "--data", _folder["demo"]);
        await StartAsync("a");
        await StartAsync("b");
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, Clients).Select(client => SendAsync(client, end.Token)).ToList();
        await UntilAsync(() => Task.FromResult(_versions.Count > 20));

        // A Service takes it out as soon as it is gone; until then each client may meet it once.
        Assert.True(_ready.TryRemove("a", out var killed));
        await killed.Process.KillAsync();
        var answered = _versions.Count;
        await UntilAsync(() => Task.FromResult(_versions.Count > answered + 20));

        await end.CancelAsync();
        await Task.WhenAll(load);
        await killed.DisposeAsync();
        Assert.InRange(_failures.Count, 0, Clients);
    }

    /// <summary>Embeds in shares at once, one of which is killed and run again.</summary>
    private async Task EmbedAsync()
    {
        var killed = DandelionProcess.Start(Share(1), "embed", "--shard", $"{Shares}", "--data", _folder["share-1"]);
        await using (killed)
        {
            await UntilAsync(async () => await CountEmbeddingsAsync() > 0 || killed.HasExited);
            killed.Kill();
        }

        var shares = await Task.WhenAll(Enumerable.Range(0, Shares).Select(index =>
            DandelionProcess.RunJsonAsync(Share(index), "embed", "--shard", $"{Shares}", "--data", _folder[$"share-{index}"])));
        Assert.Equal(Pictures, await CountEmbeddingsAsync());
        Assert.All(shares, share => Assert.Equal(0, share.GetProperty("unreadable").GetArrayLength()));
    }

    private async Task<int> CountEmbeddingsAsync() =>
        int.Parse((await _database.QueryAsync("SELECT CASE WHEN to_regclass('embeddings') IS NULL THEN 0 ELSE (SELECT count(*) FROM embeddings) END"))[0], CultureInfo.InvariantCulture);

    private Dictionary<string, string> Share(int index) =>
        new(_servers) { ["JOB_COMPLETION_INDEX"] = index.ToString(CultureInfo.InvariantCulture) };

    private Task<JsonElement> RunAsync(params string[] arguments) => DandelionProcess.RunJsonAsync(_servers, [.. arguments, "--data", _folder["job"]]);

    /// <summary>Starts a host, which gets requests once it is ready.</summary>
    private async Task StartAsync(string name)
    {
        var process = DandelionProcess.Start(_servers, "serve", "--data", _folder[name], "--urls", "http://127.0.0.1:0");
        var line = await process.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        process.DrainOutput();
        var replica = new Replica(process, new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) });
        await UntilAsync(async () =>
        {
            using var response = await replica.Client.GetAsync(new Uri("readyz", UriKind.Relative), Token);
            return response.StatusCode == HttpStatusCode.OK;
        });
        _ready[name] = replica;
    }

    /// <summary>Sends a host no more requests, and asks it to end once all know of it, as a Service does with a pod that ends and waits for
    /// a while before.</summary>
    private async Task StopAsync(string name)
    {
        Assert.True(_ready.TryRemove(name, out var replica));
        var turns = _turns.ToArray();
        await UntilAsync(() => Task.FromResult(_turns.Zip(turns).All(turn => turn.First > turn.Second)));
        Assert.Equal(0, await replica.Process.TerminateAsync());
        await replica.DisposeAsync();
    }

    /// <summary>Sends photos to the hosts that are ready, one after the other.</summary>
    private async Task SendAsync(int client, CancellationToken end)
    {
        var photo = await File.ReadAllBytesAsync(Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples", "grass")).Order(StringComparer.Ordinal).First(), Token);
        for (var number = client; !end.IsCancellationRequested; number++)
        {
            Interlocked.Increment(ref _turns[client]);
            var replicas = _ready.OrderBy(item => item.Key, StringComparer.Ordinal).ToList();
            var (name, replica) = replicas[number % replicas.Count];
            try
            {
                _versions.Add(await PredictAsync(replica, photo));
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                _failures.Add($"{name}: {exception.Message}");
            }
        }
    }

    private async Task<int[]> AskAllAsync()
    {
        var photo = await File.ReadAllBytesAsync(Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples", "grass")).Order(StringComparer.Ordinal).First(), Token);
        return await Task.WhenAll(_ready.Values.Select(replica => PredictAsync(replica, photo)));
    }

    /// <returns>The version that answered.</returns>
    private static async Task<int> PredictAsync(Replica replica, byte[] photo)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "file", "photo.jpg" } };
        using var response = await replica.Client.PostAsync(new Uri("predict", UriKind.Relative), form, Token);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("modelVersion").GetInt32();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    private sealed record Replica(DandelionProcess Process, HttpClient Client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Client.Dispose();
            return Process.DisposeAsync();
        }
    }
}
