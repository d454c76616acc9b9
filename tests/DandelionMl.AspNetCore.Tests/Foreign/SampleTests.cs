using System.Net;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Foreign;

/// <summary>samples/Host, which users copy.</summary>
public sealed class SampleTests
{
    private static readonly string _folder = Path.Combine(Checkout.Path, "samples", "Host");

    [Fact]
    public void Sample_is_at_most_60_lines()
    {
        Assert.InRange(File.ReadLines(Path.Combine(_folder, "Program.cs")).Count(), 1, 60);
        Assert.True(File.Exists(Path.Combine(_folder, "README.md")));
    }

    [Fact]
    public async Task Sample_has_pages_api_and_a_route_of_its_own()
    {
        using var folder = new TempFolder();

        // Built as the tests are: .../bin/{configuration}/{framework}/{platform}.
        var built = AppContext.BaseDirectory[AppContext.BaseDirectory.LastIndexOf($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)..];
        await using var process = DandelionProcess.StartProgram(
            Path.Join(_folder, built, "Host.dll"), "--urls", "http://127.0.0.1:0", "--DandelionMl:DataDirectory", folder["data"]);
        var line = await process.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        using var client = new HostClient(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]));

        using var home = await client.SendAsync("GET", "");
        Assert.Equal("/plants/", home.Headers.Location?.OriginalString);
        using var page = await client.SendAsync("GET", "plants/", ("Accept", BrowserRequests.Accept));
        Assert.Contains("<base href=\"/plants/\"", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var photo = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "photo", "photo.jpg" } };
        using var answer = await client.SendAsync("POST", "what-is-it", content: photo);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using var description = await client.SendAsync("GET", "openapi/v1.json");
        Assert.Equal(["/what-is-it", "/"], (await HostClient.BodyAsync(description)).GetProperty("paths").EnumerateObject().Select(path => path.Name));
    }
}
