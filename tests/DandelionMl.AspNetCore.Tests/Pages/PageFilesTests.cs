using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Pages;

public sealed class PageFilesTests
{
    private static readonly PageAssets _assets = new();

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData(null, null)]
    public async Task File_is_compressed_as_the_browser_takes_it(string? accepted, string? expected)
    {
        await using var host = await HostApplication.StartAsync();
        using var client = new HttpClient { BaseAddress = host.CreateClient().Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_assets["css/site.css"], UriKind.Relative));
        if (accepted is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        }

        using var response = await client.SendAsync(request, Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal(expected, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", Assert.Single(response.Headers.Vary));
        Assert.Equal("text/css", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(_assets.Find("css/site.css").Content, Unpack(bytes, expected));
        Assert.True(expected is null || bytes.Length < _assets.Find("css/site.css").Content.Length / 3);

        using var again = new HttpRequestMessage(HttpMethod.Get, request.RequestUri);
        again.Headers.TryAddWithoutValidation("Accept-Encoding", accepted ?? "identity");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await client.SendAsync(again, Token);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Manifest_leads_to_a_page_and_to_an_icon_that_is_there()
    {
        await using var host = await HostApplication.StartAsync();
        using var client = new HttpClient { BaseAddress = host.CreateClient().Address };

        using var response = await client.GetAsync(new Uri("manifest.webmanifest", UriKind.Relative), Token);
        var manifest = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;

        Assert.Equal("application/manifest+json", response.Content.Headers.ContentType?.MediaType);
        using var start = await client.GetAsync(new Uri(manifest.GetProperty("start_url").GetString()!, UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, start.StatusCode);

        // Phones take a drawing in vectors, or pictures of these two sizes, for their home screens.
        var icons = manifest.GetProperty("icons").EnumerateArray().ToDictionary(icon => icon.GetProperty("sizes").GetString()!);
        Assert.Equal(["192x192", "512x512", "any"], icons.Keys.Order(StringComparer.Ordinal));
        foreach (var (sizes, icon) in icons)
        {
            using var found = await client.GetAsync(new Uri(icon.GetProperty("src").GetString()!, UriKind.Relative), Token);
            Assert.Equal((HttpStatusCode.OK, icon.GetProperty("type").GetString()), (found.StatusCode, found.Content.Headers.ContentType?.MediaType));
            var bytes = await found.Content.ReadAsByteArrayAsync(Token);
            Assert.True(sizes == "any" || sizes == $"{BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16))}x{BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))}");
        }
    }

    [Fact]
    public void Script_imports_others_by_addresses_that_browsers_keep()
    {
        var scripts = _assets.Paths.Where(path => path.StartsWith("js/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(scripts);
        Assert.All(scripts, path => Assert.DoesNotContain(".js'", _assets.Find(path).Text, StringComparison.Ordinal));
        Assert.Contains($"from './api.js?v={_assets.Find("js/api.js").Version}'", _assets.Find("js/review.js").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Imports_of_a_script_are_all_that_it_needs_once()
    {
        var imports = _assets.ImportsOf("js/review.js");

        Assert.Contains("js/sign-in.js", imports); // By way of js/api.js, which it imports in turn.
        Assert.Equal(imports.Distinct(), imports);
        Assert.DoesNotContain("js/review.js", imports);
        Assert.Empty(_assets.ImportsOf("js/text.js"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static byte[] Unpack(byte[] bytes, string? encoding)
    {
        using var from = new MemoryStream(bytes);
        using Stream stream = encoding switch
        {
            "br" => new BrotliStream(from, CompressionMode.Decompress),
            "gzip" => new GZipStream(from, CompressionMode.Decompress),
            _ => from,
        };
        using var to = new MemoryStream();
        stream.CopyTo(to);
        return to.ToArray();
    }
}
