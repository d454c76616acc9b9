using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>A real host whose PostgreSQL accepts connections and says nothing any more.</summary>
public sealed class FrozenDatabaseTests(PostgresFixture postgres) : IAsyncLifetime
{
    /// <summary>Far longer than any answer may take, and shorter than a database is waited for where nobody sees to it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private readonly TempFolder _folder = new();
    private PostgresDatabase _database = null!;
    private FreezingProxy _proxy = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateBareDatabaseAsync();
        _proxy = new FreezingProxy(_database.Connect().Port);
        await DemoData.CopyToAsync(_folder["demo"]);
        await DandelionProcess.RunJsonAsync(Settings(_database.Connect().Port), "ingest", Path.Combine(_folder["demo"], "pictures"), "--data", _folder["data"]);
        await DandelionProcess.RunJsonAsync(Settings(_database.Connect().Port), "train", "--force-promote", "to have one", "--data", _folder["data"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Host_answers_probes_classifies_and_ends_while_its_database_is_frozen()
    {
        await using var host = Start();
        using var client = await ConnectAsync(host);
        while ((await GetAsync(client, "readyz")).Status != HttpStatusCode.OK)
        {
            Token.ThrowIfCancellationRequested();
        }

        _proxy.Freeze();

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(client, "healthz"));
        while (await GetAsync(client, "readyz") != (HttpStatusCode.OK, "Degraded"))
        {
            Token.ThrowIfCancellationRequested();
        }

        Assert.Equal("grass", await PredictAsync(client));
        using var page = new HttpRequestMessage(HttpMethod.Get, "predict");
        page.Headers.Add("Accept", "text/html");
        using var shown = await client.SendAsync(page, Token);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal(0, await host.TerminateAsync());
    }

    [Fact]
    public async Task Host_that_starts_while_its_database_is_frozen_listens_and_is_not_ready()
    {
        _proxy.Freeze();
        await using var host = Start();
        using var client = await ConnectAsync(host);

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(client, "healthz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await GetAsync(client, "readyz"));
        Assert.Equal(0, await host.TerminateAsync());
    }

    private DandelionProcess Start() =>
        DandelionProcess.Start(Settings(_proxy.Port), "serve", "--data", _folder["data"], "--urls", "http://127.0.0.1:0");

    private Dictionary<string, string> Settings(int port)
    {
        var connection = _database.Connect();
        connection.Port = port;
        return new Dictionary<string, string> { ["DandelionMl__Postgres__ConnectionString"] = connection.ConnectionString };
    }

    private static async Task<HttpClient> ConnectAsync(DandelionProcess host)
    {
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        host.DrainOutput();
        return new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]), Timeout = Patience };
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    private async Task<string?> PredictAsync(HttpClient client)
    {
        var photo = Directory.EnumerateFiles(Path.Combine(_folder["demo"], "samples", "grass")).Order(StringComparer.Ordinal).First();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(photo, Token)), "file", "photo.jpg" } };
        using var response = await client.PostAsync(new Uri("predict", UriKind.Relative), form, Token);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("prediction").GetString();
    }
}
