using System.Net;
using System.Text;
using DandelionMl.AspNetCore.Security.Sessions;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Classification;
using DandelionMl.Storage;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class OutageTests
{
    private const string Inside = "Folder store /srv/plants/objects";

    [Fact]
    public async Task Outage_is_explained_to_administrators_alone()
    {
        await using var host = await HostApplication.StartAsync(services: services => services.AddSingleton<IImageClassifier>(
            new BrokenClassifier(new StorageUnavailableException($"{Inside}: reading failed"))));

        Assert.DoesNotContain(Inside, await PredictAsync(host, header: null), StringComparison.Ordinal);
        Assert.Contains(Inside, await PredictAsync(host, (ApiKeyAuthentication.Header, host.Key)), StringComparison.Ordinal);
        Assert.Contains(Inside, host.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_of_a_missing_file_is_told_to_administrators_alone()
    {
        const string key = "raw/grass/0123.jpg";
        await using var host = await HostApplication.StartAsync(services: services => services.AddSingleton<IImageClassifier>(
            new BrokenClassifier(new ObjectNotFoundException(key))));

        Assert.DoesNotContain(key, await PredictAsync(host, header: null, HttpStatusCode.NotFound), StringComparison.Ordinal);
        Assert.Contains(key, await PredictAsync(host, (ApiKeyAuthentication.Header, host.Key), HttpStatusCode.NotFound), StringComparison.Ordinal);
        Assert.Contains(key, host.Logs.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=b", "rubbish", HttpStatusCode.BadRequest)]
    public async Task Sign_in_with_a_body_that_is_no_form_is_refused(string type, string body, HttpStatusCode expected)
    {
        await using var host = await HostApplication.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", type));

        using var response = await host.CreateClient().SendAsync("POST", "sign-in", content: content);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Store_that_fails_is_told_once_and_without_a_stack()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        await using var host = await HostApplication.StartAsync(folder["data"]);

        // Nothing can be stored where a file stands in the place of the folder.
        await File.WriteAllBytesAsync(Path.Combine(folder["data"], "objects", "raw", "new_data"), [], TestContext.Current.CancellationToken);
        foreach (var sample in Directory.EnumerateFiles(folder["data/samples"], "*", SearchOption.AllDirectories).Take(3))
        {
            using var form = new MultipartFormDataContent
            {
                { new ByteArrayContent(await File.ReadAllBytesAsync(sample, TestContext.Current.CancellationToken)), "file", "photo.jpg" },
                { new StringContent("true"), "keep" },
            };
            Assert.Equal(HttpStatusCode.OK, (await host.CreateClient().SendAsync("POST", "predict", content: form)).StatusCode);
        }

        var line = Assert.Single(host.Logs.Text.Split('\n'), line => line.Contains("A photo was classified, but", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_cookie_while_the_keys_were_never_read_is_nobodys_and_fills_no_log()
    {
        // Nothing listens there.
        await using var host = await HostApplication.StartAsync(settings: new()
        {
            ["Postgres:ConnectionString"] = "Host=127.0.0.1;Port=1;Database=none;Username=nobody",
        });
        var client = host.CreateClient();
        // As long as one that is sealed: a shorter one is nobody's before any key is asked for.
        client.Cookies.Add(client.Address, new Cookie(SessionCookie.Name, $"CfDJ8{new string('A', 75)}"));

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("GET", "healthz"));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync("GET", "api/v1/models"));
        var told = host.Logs.Text.Split('\n').Count(line =>
            (line.Contains("] Error: ", StringComparison.Ordinal) || line.Contains("] Warning: ", StringComparison.Ordinal))
            && (line.Contains("DataProtection", StringComparison.Ordinal) || line.Contains("keys of sessions", StringComparison.Ordinal)));
        Assert.InRange(told, 0, 1);
    }

    [Fact]
    public async Task Unknown_keys_are_told_once()
    {
        await using var host = await HostApplication.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await host.CreateClient().SendAsync("GET", "healthz", (ApiKeyAuthentication.Header, "bogus"));
        }

        Assert.Single(host.Logs.Text.Split('\n'), line => line.Contains("unknown key", StringComparison.Ordinal));
    }

    private static async Task<string> PredictAsync(
        HostApplication host, (string, string)? header, HttpStatusCode expected = HttpStatusCode.ServiceUnavailable)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "file", "photo.jpg" } };
        using var response = await host.CreateClient().SendAsync("POST", "predict", header, form);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private sealed class BrokenClassifier(Exception error) : IImageClassifier
    {
        public Task<Prediction> ClassifyAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken = default) =>
            throw error;

        public Task<Prediction> ClassifyAsync(Stream photo, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<Prediction> ClassifyAsync(
            IAsyncEnumerable<ReadOnlyMemory<byte>> photos, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
