using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Api;

/// <summary>The real application on the demo's trained model; 'robot' calls it. Shared by the tests of a class.</summary>
public sealed class TrainedHost : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private HostClient _client = null!;

    internal HostApplication Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await DemoData.CopyToAsync(_folder["data"]);
        Host = await HostApplication.StartAsync(_folder["data"], new()
        {
            ["Security:PredictionsPerMinute"] = "0",

            // The clock stands still while the tests' photos come.
            ["Classifier:DriftBurstInterval"] = "00:00:00",
        });
        _client = Host.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The data directory.</summary>
    public string Data => _folder["data"];

    /// <summary>Photos that the model never saw.</summary>
    public IReadOnlyList<string> Samples =>
        [.. Directory.EnumerateFiles(_folder["data/samples"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Calls as 'robot' and reads the answer.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(string method, string path, object? body = null)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var response = await _client.SendAsync(method, path, ("X-Api-Key", Host.Key), content);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>Calls what must be a success.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var (status, body) = await CallAsync("GET", path);
        Assert.True(status == HttpStatusCode.OK, $"{status}: {body}");
        return body;
    }

    /// <summary>Calls what must be refused, with a reason.</summary>
    public async Task RefusedAsync(HttpStatusCode expected, string method, string path, object? body = null, string says = "")
    {
        var (status, problem) = await CallAsync(method, path, body);
        Assert.True(expected == status, $"{method} {path}: {status} {problem}");
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        Assert.Contains(says, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    /// <summary>Sends a photo as a user does.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendPhotoAsync(
        string path, byte[] photo, string fileName = "photo.jpg", params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "file", fileName } };
        foreach (var (name, value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        using var response = await _client.SendAsync("POST", path, content: form);
        return (response.StatusCode, await HostClient.BodyAsync(response));
    }
}
