using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.Tool.Demo;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>The real program, serving in a process of its own on data of its own: a model trained on drawn pictures, with a password.</summary>
public sealed class WebHost : IAsyncDisposable
{
    public const string Password = "a yellow flower on a lawn";

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["DandelionMl__Admin__Passwords__admin"] = AdminPassword.Hash(Password),
        ["DandelionMl__Admin__Passwords__anna"] = AdminPassword.Hash(Password),
        ["DandelionMl__Security__SignInsPerMinute"] = "1000",
        ["DandelionMl__Security__PredictionsPerMinute"] = "0",
        ["DandelionMl__Backbone"] = "built-in-v1",

        // Tests send all their photos at once.
        ["DandelionMl__Classifier__DriftBurstInterval"] = "00:00:00",

        // Data sets of tests are in temporary folders, their servers on loopback.
        ["DandelionMl__Ingestion__AllowedRoots__0"] = Path.GetTempPath(),
        ["DandelionMl__Ingestion__AllowPrivateAddresses"] = "true",

        // What was cancelled, or was at work on a host that is gone, is soon seen to be so.
        ["DandelionMl__Pipelines__HeartbeatInterval"] = "00:00:00.2",
        ["DandelionMl__Pipelines__AbandonedAfter"] = "00:00:05",
        ["DandelionMl__Pipelines__PollInterval"] = "00:00:00.2",
    };

    private readonly TempFolder _folder = new();
    private DandelionProcess? _process;

    private readonly string _prefix;

    private WebHost(string prefix) => _prefix = prefix;

    /// <summary>The address of the first page, with a slash at the end.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>A picture that the model was trained on.</summary>
    public string TrainingPicture => Directory.EnumerateFiles(Path.Combine(Data, "pictures", "dandelion")).Order(StringComparer.Ordinal).First();

    /// <summary>A file that is no photo.</summary>
    public string NoPhoto
    {
        get
        {
            var path = _folder["notes.txt"];
            File.WriteAllText(path, "this is no photo");
            return path;
        }
    }

    /// <summary>Starts a host.</summary>
    /// <param name="prefix">What all addresses begin with; empty for the root.</param>
    /// <param name="withModel">Whether it has a model.</param>
    /// <param name="withPassword">Whether administration is on.</param>
    public static async Task<WebHost> StartAsync(string prefix = "", bool withModel = true, bool withPassword = true)
    {
        var host = new WebHost(prefix);
        if (withModel)
        {
            await DemoData.CopyToAsync(host.Data);
        }

        await host.StartAsync("http://127.0.0.1:0", withPassword);
        return host;
    }

    /// <summary>Ends the host at once, as a crash would, and starts it anew at the same address.</summary>
    public async Task RestartAsync(Func<Task>? meanwhile = null)
    {
        await _process!.KillAsync();
        if (meanwhile is not null)
        {
            await meanwhile();
        }

        await StartAsync(Address.GetLeftPart(UriPartial.Authority), withPassword: true);
    }

    /// <summary>Runs a command on the host's data, in a process of its own.</summary>
    public Task<JsonElement> RunAsync(params string[] arguments) => RunAsync(exitCode: 0, arguments);

    /// <inheritdoc cref="RunAsync(string[])"/>
    public async Task<JsonElement> RunAsync(int exitCode, params string[] arguments)
    {
        var ended = await DandelionProcess.RunAsync([.. arguments, "--data", Data, "--json"]);

        // 4: what was trained is there, though the gate rejected it.
        Assert.True(ended.ExitCode == exitCode || (exitCode == 0 && ended.ExitCode == 4), $"exit code {ended.ExitCode}: {ended.Error}");
        return JsonDocument.Parse(ended.Output).RootElement;
    }

    /// <summary>A place for a test's own files, beside the data.</summary>
    public string PathOf(string name) => _folder[name];

    /// <summary>Draws pictures that the model has not seen.</summary>
    /// <param name="count">How many, half of them of each class; even.</param>
    /// <param name="seed">No other test's, so that they are not known.</param>
    public IReadOnlyList<string> Draw(int count, int seed)
    {
        var folder = _folder[$"drawn-{seed}"];
        DemoPictures.Draw(folder, count / 2, seed, TestContext.Current.CancellationToken);
        return [.. Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    /// <summary>Takes in pictures with each other's labels and trains on them, too: a version that answers unlike the one that is
    /// served.</summary>
    public async Task TrainOnSwappedLabelsAsync(int seed)
    {
        Draw(80, seed);
        var folder = _folder[$"drawn-{seed}"];
        Directory.Move(Path.Combine(folder, "grass"), Path.Combine(folder, "aside"));
        Directory.Move(Path.Combine(folder, "dandelion"), Path.Combine(folder, "grass"));
        Directory.Move(Path.Combine(folder, "aside"), Path.Combine(folder, "dandelion"));
        await RunAsync("ingest", folder);
        await RunAsync("train", "--no-promote");
    }

    /// <summary>Sends pictures for review.</summary>
    /// <returns>How many of them were not known.</returns>
    public async Task<int> UploadAsync(IEnumerable<string> pictures, Func<string, string>? name = null)
    {
        using var client = new HttpClient { BaseAddress = Address };
        var fresh = 0;
        foreach (var picture in pictures)
        {
            var content = new ByteArrayContent(await File.ReadAllBytesAsync(picture, TestContext.Current.CancellationToken));
            using var form = new MultipartFormDataContent { { content, "file", name?.Invoke(picture) ?? Path.GetFileName(picture) } };
            using var response = await client.PostAsync(new Uri("api/v1/uploads", UriKind.Relative), form, TestContext.Current.CancellationToken);
            var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            fresh += answer.GetProperty("upload").GetProperty("status").GetString() == "new" ? 1 : 0;
        }

        return fresh;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private string Data => _folder["data"];

    private async Task StartAsync(string urls, bool withPassword)
    {
        _process = DandelionProcess.Start(
            withPassword ? Settings : new Dictionary<string, string>(),
            ["serve", "--data", Data, "--urls", urls, .. _prefix.Length > 0 ? ["--prefix", _prefix] : Array.Empty<string>()]);
        var line = await _process.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        Address = new Uri($"{line[line.IndexOf("http", StringComparison.Ordinal)..]}{_prefix}/");
        _process.DrainOutput();
    }
}
