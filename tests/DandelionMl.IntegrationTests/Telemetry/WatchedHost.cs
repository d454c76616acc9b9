using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Telemetry;

/// <summary>The real host on the demo's model, in use, and the real Prometheus that scrapes it by the repository's configuration.</summary>
public sealed class WatchedHost : IAsyncLifetime
{
    /// <summary>How often it scrapes here.</summary>
    private const string Interval = "500ms";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private readonly HttpClient _prometheus = new();
    private DandelionProcess _host = null!;
    private HttpClient _client = null!;
    private Daemon _daemon = null!;

    public async ValueTask InitializeAsync()
    {
        var data = _folder["data"];
        await DemoData.CopyToAsync(data);
        var key = (await DandelionProcess.RunJsonAsync("admin", "create-key", "test", "--data", data)).GetProperty("key").GetString()!;
        _host = DandelionProcess.Start("serve", "--data", data, "--urls", "http://127.0.0.1:0");
        var line = await _host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        _host.DrainOutput();
        _client = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) };
        _client.DefaultRequestHeaders.Add("X-Api-Key", key);
        await StartPrometheusAsync();

        // What is used once is a series that never rises.
        var photos = Directory.EnumerateFiles(Path.Combine(data, "samples"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var kept = await KeepAsync(photos.Take(3));
        await UseAsync(photos[3], kept[0]);
        await UntilAsync("max(dandelionml_review_pending) > 0");
        await UntilAsync("max(dandelionml_pipeline_failed) == 0");
        await UseAsync(photos[3], kept[1]);

        // The runs may have made a new champion, which is watched from its first photo on; one that it was trained on is not strange at all.
        await SendAsync("predict", photos[0]);
        await UntilAsync("max(dandelionml_drift_unfamiliarity) >= 0");
        await ScrapeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _host.DisposeAsync();
        _client.Dispose();
        _prometheus.Dispose();
        _folder.Dispose();
    }

    /// <summary>Asks Prometheus.</summary>
    /// <returns>The values of the series; those that are no numbers left out.</returns>
    internal async Task<List<double>> QueryAsync(string expression)
    {
        using var body = new FormUrlEncodedContent([KeyValuePair.Create("query", expression)]);
        using var response = await _prometheus.PostAsync(new Uri("api/v1/query", UriKind.Relative), body, Token);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            throw new HttpRequestException("Prometheus is starting.");
        }

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(response.IsSuccessStatusCode, $"{expression}: {answer}");
        return [.. answer.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))
            .Where(double.IsFinite)];
    }

    /// <summary>The health of the rules, as Prometheus tells it.</summary>
    internal async Task<List<(string Name, string Health)>> ListRulesAsync()
    {
        var answer = await _prometheus.GetFromJsonAsync<JsonElement>(new Uri("api/v1/rules", UriKind.Relative), Token);
        return [.. answer.GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("health").GetString()!))];
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task StartPrometheusAsync()
    {
        var shipped = Path.Combine(RepositoryFiles.Root, "deploy", "prometheus");
        var configuration = (await File.ReadAllTextAsync(Path.Combine(shipped, "prometheus.yml"), Token))
            .Replace("15s", Interval, StringComparison.Ordinal)
            .Replace("alerts.yml", Path.Combine(shipped, "alerts.yml"), StringComparison.Ordinal)
            .Replace("localhost:8000", _client.BaseAddress!.Authority, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["prometheus.yml"], configuration, Token);
        var port = FreePort.Find();
        _prometheus.BaseAddress = new Uri($"http://127.0.0.1:{port}/");
        _daemon = Daemon.Start(
            _folder["prometheus.log"], "prometheus", $"--config.file={_folder["prometheus.yml"]}", $"--storage.tsdb.path={_folder["prometheus"]}",
            $"--web.listen-address=127.0.0.1:{port}");
        await ScrapeAsync();
    }

    /// <summary>Waits for three more scrapes.</summary>
    private async Task ScrapeAsync()
    {
        const string scrapes = "sum(count_over_time(up{job=\"dandelion\"}[10m]))";
        var before = (await AskAsync(scrapes)).SingleOrDefault();
        await UntilAsync($"{scrapes} >= {before + 3}");
    }

    /// <summary>Waits until a query has an answer.</summary>
    private async Task UntilAsync(string expression)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while ((await AskAsync(expression)).Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    private async Task<List<double>> AskAsync(string expression)
    {
        try
        {
            return await QueryAsync(expression);
        }
        catch (HttpRequestException)
        {
            return []; // Not listening, or not ready, yet.
        }
    }

    /// <summary>Sends photos for review.</summary>
    private async Task<List<long>> KeepAsync(IEnumerable<string> photos)
    {
        var ids = new List<long>();
        foreach (var photo in photos)
        {
            var answer = await SendAsync("predict", photo, ("keep", "true"));
            ids.Add(answer.GetProperty("upload").GetProperty("imageId").GetInt64());
        }

        return ids;
    }

    /// <summary>Looks at a page, classifies a photo from it and by the API, reviews another one, and has the pipeline run.</summary>
    private async Task UseAsync(string photo, long waiting)
    {
        using (var page = new HttpRequestMessage(HttpMethod.Get, "predict"))
        {
            page.Headers.Add("Accept", "text/html");
            using var shown = await _client.SendAsync(page, Token);
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }

        await SendAsync("predict", photo);
        await SendAsync("predict/photo", photo);
        await PostAsync($"api/v1/review/{waiting}/decision", new { action = "confirm" });
        var run = await PostAsync("api/v1/pipelines/retrain/runs", new { parameters = new { force = "true" } });
        await EndAsync(run.GetProperty("id").GetInt64());
    }

    private async Task<JsonElement> SendAsync(string path, string photo, (string Name, string Value)? field = null)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(photo, Token)), "file", "photo.jpg" } };
        if (field is var (name, value))
        {
            form.Add(new StringContent(value), name);
        }

        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), form, Token);
        var answer = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {answer}");
        return answer.StartsWith('{') ? JsonElement.Parse(answer) : default;
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await _client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {answer}");
        return answer;
    }

    /// <summary>Waits for a run and those that it started, up to the gate's verdict.</summary>
    private async Task EndAsync(long run)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (true)
        {
            var runs = (await _client.GetFromJsonAsync<JsonElement>(new Uri("api/v1/pipelines/runs", UriKind.Relative), limit.Token)).GetProperty("runs");
            var states = runs.EnumerateArray().Where(item => item.GetProperty("id").GetInt64() >= run).Select(item => item.GetProperty("state").GetString()).ToList();
            if (states.Count > 1 && states.All(state => state == "succeeded"))
            {
                return;
            }

            Assert.DoesNotContain("failed", states);
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }
}
