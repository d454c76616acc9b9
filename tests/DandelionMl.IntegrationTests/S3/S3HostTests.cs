using System.Diagnostics;
using System.Text.Json;
using DandelionMl.S3;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.IntegrationTests.S3;

/// <summary>The real program, with S3 by environment variables alone.</summary>
[Collection(CephTests.Name)]
public sealed class S3HostTests(CephServer server) : IDisposable
{
    private readonly string _bucket = CephServer.NewBucket();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelionml-s3-host-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Ingest_train_evaluate_keep_photos_and_model_in_the_bucket()
    {
        var data = Path.Combine(_folder.FullName, "data");
        var pictures = Path.Combine(_folder.FullName, "demo", "pictures");
        await DemoData.CopyToAsync(Path.Combine(_folder.FullName, "demo"));
        using var store = new S3ImageStore(server.Options(_bucket));
        Assert.Empty(await KeysAsync(store, ""));

        var ingested = await RunAsync("ingest", pictures, "--data", data);
        var trained = await RunAsync("train", "--data", data);
        var evaluated = await RunAsync("evaluate", pictures, "--data", data);

        var photos = ingested.GetProperty("new").GetInt32();
        Assert.True(photos > 0);
        Assert.Equal(photos, (await KeysAsync(store, "raw/")).Count);
        Assert.Single(await KeysAsync(store, "model/"));
        Assert.False(Directory.Exists(Path.Combine(data, "objects")));
        Assert.Equal(photos, trained.GetProperty("embeddedImages").GetInt32());
        Assert.Equal(
            trained.GetProperty("model").GetProperty("version").GetInt32(), evaluated.GetProperty("modelVersion").GetInt32());
    }

    [Fact]
    public async Task Ingest_wrong_secret_fails_with_a_message_that_does_not_show_it()
    {
        const string secret = "wrong-secret-wrong";
        using (var store = new S3ImageStore(server.Options(_bucket)))
        {
            await store.PutBytesAsync("raw/a.jpg", [1], Cancellation);
        }

        await DemoData.CopyToAsync(Path.Combine(_folder.FullName, "demo"));
        var (exitCode, output) = await RunProcessAsync(
            secret, "ingest", Path.Combine(_folder.FullName, "demo", "pictures"), "--data", Path.Combine(_folder.FullName, "data"));

        Assert.NotEqual(0, exitCode);
        Assert.Contains("SecretKey", output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
    }

    private static async Task<List<string>> KeysAsync(S3ImageStore store, string prefix)
    {
        var keys = new List<string>();
        await foreach (var found in store.ListAsync(prefix, Cancellation))
        {
            keys.Add(found.Key);
        }

        return keys;
    }

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await RunProcessAsync(CephServer.SecretKey, [.. arguments, "--json"]);
        Assert.True(exitCode == 0, $"exit code {exitCode}: {output}");
        return JsonDocument.Parse(output).RootElement;
    }

    private async Task<(int ExitCode, string Output)> RunProcessAsync(string secret, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "dandelion.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                // A test reaches nothing but loopback, so the backbone is never a download.
                ["DandelionMl__Backbone"] = "built-in-v1",
                ["DandelionMl__S3__Endpoint"] = server.Endpoint.AbsoluteUri,
                ["DandelionMl__S3__Bucket"] = _bucket,
                ["DandelionMl__S3__AccessKey"] = CephServer.AccessKey,
                ["DandelionMl__S3__SecretKey"] = secret,
            },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
    }
}
