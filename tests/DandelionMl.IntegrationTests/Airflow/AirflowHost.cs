using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Airflow;

/// <summary>The real host on the demo's model, which leaves its schedule to Airflow. Shared by the tests of a class.</summary>
public sealed class AirflowHost : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["DandelionMl__Pipelines__SchedulerEnabled"] = "false",
        ["DandelionMl__Pipelines__PollInterval"] = "00:00:00.1",
        ["DandelionMl__Retraining__MinimumNewImages"] = "1",
    };

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();
    private DandelionProcess _host = null!;
    private string _key = "";
    private Queue<string> _samples = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How Airflow finds the host.</summary>
    internal Dictionary<string, string> Connection => new()
    {
        ["AIRFLOW_CONN_DANDELIONML"] = JsonSerializer.Serialize(
            new { conn_type = "http", host = "http://127.0.0.1", port = _client.BaseAddress!.Port, password = _key }),
        ["DANDELIONML_POLL_SECONDS"] = "0.2",
    };

    public async ValueTask InitializeAsync()
    {
        var data = _folder["data"];
        await DemoData.CopyToAsync(data);
        _key = (await DandelionProcess.RunJsonAsync("admin", "create-key", "airflow", "--data", data)).GetProperty("key").GetString()!;
        _samples = new Queue<string>(
            Directory.EnumerateFiles(Path.Combine(data, "samples"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        _host = DandelionProcess.Start(Settings, "serve", "--data", data, "--urls", "http://127.0.0.1:0");
        var line = await _host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        _host.DrainOutput();
        _client.BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
        _client.DefaultRequestHeaders.Add("X-Api-Key", _key);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    /// <summary>The host's runs that a task has started, the oldest first, after the one with this number.</summary>
    internal async Task<List<JsonElement>> ListRunsAsync(long after)
    {
        var page = await _client.GetFromJsonAsync<JsonElement>(new Uri("api/v1/pipelines/runs?limit=50", UriKind.Relative), Token);
        return [.. page.GetProperty("runs").EnumerateArray().Where(run => run.GetProperty("id").GetInt64() > after).Reverse()];
    }

    /// <summary>Has a photo reviewed, which a retraining may take.</summary>
    internal async Task ReviewPhotoAsync()
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(_samples.Dequeue(), Token)), "file", "photo.jpg" },
            { new StringContent("true"), "keep" },
        };
        using var kept = await _client.PostAsync(new Uri("predict", UriKind.Relative), form, Token);
        var photo = (await kept.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("upload").GetProperty("imageId").GetInt64();
        using var decided = await _client.PostAsJsonAsync(
            new Uri($"api/v1/review/{photo}/decision", UriKind.Relative), new { action = "confirm" }, Token);
        decided.EnsureSuccessStatusCode();
    }
}
