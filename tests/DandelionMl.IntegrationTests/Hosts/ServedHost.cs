using System.Net.Http.Json;
using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>A process that serves, and a client of it.</summary>
internal sealed record ServedHost(DandelionProcess Process, HttpClient Client) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts one on a free port, and waits until it listens.</summary>
    public static async Task<ServedHost> StartAsync(IReadOnlyDictionary<string, string> environment, string data)
    {
        var process = DandelionProcess.Start(environment, "serve", "--data", data, "--urls", "http://127.0.0.1:0");
        var line = await process.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        return new ServedHost(process, new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) });
    }

    /// <summary>Sends a photo as a person does who reads "not stored, try again" or "the model can't be loaded at the moment": a machine that is busy
    /// with other tests may not answer each time.</summary>
    public async Task<JsonElement> UploadAsync(byte[] photo)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var response = await Client.PostPhotoAsync("api/v1/uploads", photo);
            var upload = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("upload");
            if (upload.GetProperty("status").GetString() != "failed" || attempt == 5)
            {
                return upload;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return Process.DisposeAsync();
    }
}
