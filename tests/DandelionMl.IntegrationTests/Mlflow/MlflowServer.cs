using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using DandelionMl.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Mlflow;

/// <summary>A real MLflow server on loopback, with its data in a temporary folder. It ends with the test run, however that ends.</summary>
internal sealed class MlflowServer : IAsyncDisposable
{
    // The shell reads a pipe that this process holds: first a line that the server is up, which the script can't tell of one below a prefix;
    // when it is closed, on purpose or by a kill, the server is stopped.
    private const string Guard =
        "start=$1 stop=$2 folder=$3; shift 2; \"$start\" \"$@\" >/dev/null 2>&1 & read -r _; kill $! 2>/dev/null; read -r _; exec \"$stop\" \"$folder\"";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Servers share one Python environment, which the first of them makes.
    private static readonly SemaphoreSlim Starting = new(1, 1);

    private readonly TempFolder _folder = new();
    private readonly string[] _options;
    private readonly int _port;
    private Process? _shell;

    private MlflowServer(string[] options)
    {
        (_options, _port) = (options, FreePort.Find());
        Address = new Uri($"http://127.0.0.1:{_port}{(options is [.., "--static-prefix", var path] ? path : "")}");
    }

    public Uri Address { get; }

    public HttpClient Http { get; } = new();

    private string Folder => _folder["server"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a server; the test is skipped where there is none to be had.</summary>
    /// <param name="options">Options of <c>mlflow server</c>.</param>
    public static async Task<MlflowServer> CreateAsync(params string[] options)
    {
        SharedFiles.Require("tools/start-mlflow.sh");
        var server = new MlflowServer(options);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it on its port and its data.</summary>
    public async Task StartAsync()
    {
        await StopAsync();
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
        };
        foreach (var argument in (string[])
            ["-c", Guard, "sh", SharedFiles.Require("tools/start-mlflow.sh"), SharedFiles.Require("tools/stop-mlflow.sh"), Folder,
                _port.ToString(CultureInfo.InvariantCulture), .. _options])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["MLFLOW_VENV"] = typeof(MlflowServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "MlflowVenv").Value!;
        await Starting.WaitAsync(Token);
        try
        {
            _shell = Process.Start(start)!;
            await UntilHealthyAsync();
            await _shell.StandardInput.WriteLineAsync("up");
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>Ends it at once, as a crash does.</summary>
    public void Kill()
    {
        var pid = File.ReadAllText(Path.Combine(Folder, "pid")).Trim();
        using var kill = Process.Start("/bin/kill", ["-KILL", "--", $"-{pid}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public void SignIn(string user, string password) => Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public Task<JsonElement> GetAsync(string call) => SendAsync(HttpMethod.Get, call, null);

    public Task<JsonElement> PostAsync(string call, string body) => SendAsync(HttpMethod.Post, call, body);

    /// <summary>The runs of the experiment, in the order in which they began.</summary>
    public async Task<List<JsonElement>> ListRunsAsync(string experiment = "DINOv2_Classifier")
    {
        var id = (await GetAsync($"experiments/get-by-name?experiment_name={experiment}")).GetProperty("experiment").GetProperty("experiment_id");
        var found = await PostAsync(
            "runs/search", $$"""{"experiment_ids": ["{{id}}"], "order_by": ["attributes.start_time ASC"], "run_view_type": "ALL", "max_results": 100}""");
        return found.TryGetProperty("runs", out var runs) ? [.. runs.EnumerateArray()] : [];
    }

    public async Task<List<JsonElement>> ListModelsAsync(string experimentId)
    {
        var found = await PostAsync(
            "logged-models/search",
            $$"""{"experiment_ids": ["{{experimentId}}"], "order_by": [{"field_name": "creation_timestamp", "ascending": true}], "max_results": 50}""");
        return found.TryGetProperty("models", out var models) ? [.. models.EnumerateArray()] : [];
    }

    public async Task<List<JsonElement>> ListVersionsAsync(string name = "dandelion")
    {
        var found = await GetAsync($"model-versions/search?filter={Uri.EscapeDataString($"name='{name}'")}&max_results=100");
        return found.TryGetProperty("model_versions", out var versions) ? [.. versions.EnumerateArray()] : [];
    }

    /// <summary>The version that an alias stands for; null if it is not set.</summary>
    public async Task<string?> AliasAsync(string alias, string name = "dandelion")
    {
        var model = (await GetAsync($"registered-models/get?name={name}")).GetProperty("registered_model");
        return model.TryGetProperty("aliases", out var aliases)
            ? aliases.EnumerateArray().Where(item => item.GetProperty("alias").GetString() == alias)
                .Select(item => item.GetProperty("version").GetString()).SingleOrDefault()
            : null;
    }

    /// <summary>Key and value of a list such as <c>tags</c>.</summary>
    public static Dictionary<string, string> Pairs(JsonElement item, string list) => item.TryGetProperty(list, out var pairs)
        ? pairs.EnumerateArray().ToDictionary(pair => pair.GetProperty("key").GetString()!, pair => pair.GetProperty("value").ToString())
        : [];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        _folder.Dispose();
    }

    private async Task UntilHealthyAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri($"{Address.AbsoluteUri.TrimEnd('/')}/health"), limit.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    private async Task StopAsync()
    {
        if (_shell is not null)
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync(CancellationToken.None);
            _shell.Dispose();
            _shell = null;
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string call, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri($"{Address.AbsoluteUri.TrimEnd('/')}/api/2.0/mlflow/{call}"));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request, Token);
        var answer = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{method} {call}: {answer}");
        return JsonElement.Parse(answer);
    }
}
