using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests;

/// <summary>The pages as they come over the wire; tests/DandelionMl.AspNetCore.BrowserTests has what moves in them.</summary>
public sealed partial class PageTests(DemoFixture demo) : IClassFixture<DemoFixture>
{
    [Fact]
    public async Task Home_is_data_for_programs_and_a_page_for_people()
    {
        var data = await demo.Client.GetFromJsonAsync<JsonElement>(new Uri("", UriKind.Relative), Token);
        var page = await GetPageAsync("", HttpStatusCode.OK);

        Assert.Equal("DandelionMl", data.GetProperty("name").GetString());
        Assert.Contains("<h1>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", "lang=\"fr\"")]
    [InlineData("fr-CA, en;q=0.5", "lang=\"fr\"")]
    [InlineData("de", "lang=\"en\"")]
    public async Task Page_speaks_the_browser_s_language(string accepted, string expected) =>
        Assert.Contains(expected, await GetPageAsync("predict", HttpStatusCode.OK, accepted), StringComparison.Ordinal);

    [Fact]
    public async Task Error_is_a_page_for_people_and_a_problem_for_programs()
    {
        Assert.Contains("Page not found", await GetPageAsync("nowhere", HttpStatusCode.NotFound), StringComparison.Ordinal);
        using var response = await demo.Client.GetAsync(new Uri("nowhere", UriKind.Relative), Token);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Page_runs_and_is_styled_by_nothing_but_files_of_this_host()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("predict", UriKind.Relative));
        request.Headers.Accept.ParseAdd(BrowserRequests.Accept);
        using var response = await demo.Client.SendAsync(request, Token);

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_photo_is_shown_to_whoever_was_given_its_address_and_not_by_its_number()
    {
        var sample = Directory.EnumerateFiles(Path.Combine(demo.Data, "samples"), "*", SearchOption.AllDirectories).First();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(sample, Token)), "file", "photo.jpg" } };
        using var answer = await demo.Client.PostAsync(new Uri("predict/photo", UriKind.Relative), form, Token);
        var addresses = PictureAddress().Matches(await answer.Content.ReadAsStringAsync(Token)).Select(match => match.Value).ToList();
        Assert.Equal(4, addresses.Count);

        using var shown = await demo.Client.GetAsync(new Uri(addresses[0], UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal("image/jpeg", shown.Content.Headers.ContentType?.MediaType);
        Assert.InRange((await shown.Content.ReadAsByteArrayAsync(Token)).Length, 1, 60_000);

        foreach (var other in new[] { "1", addresses[0].Split('/')[^2][..^4] + "AAAA", "x" })
        {
            using var hidden = await demo.Client.GetAsync(new Uri($"api/v1/training-photos/{other}/picture", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        }
    }

    [Fact]
    public async Task Training_photos_turned_off_are_shown_to_nobody()
    {
        var settings = new Dictionary<string, string> { ["DandelionMl__Pages__ShowTrainingPhotos"] = "false" };
        await using var host = DandelionProcess.Start(settings, "serve", "--data", demo.Data, "--urls", "http://127.0.0.1:0");
        var line = await host.ReadUntilAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) };

        var sample = Directory.EnumerateFiles(Path.Combine(demo.Data, "samples"), "*", SearchOption.AllDirectories).First();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(sample, Token)), "file", "photo.jpg" } };
        using var answer = await client.PostAsync(new Uri("predict/photo", UriKind.Relative), form, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotMatch(PictureAddress(), await answer.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("review")]
    [InlineData("review/grid")]
    [InlineData("review/history")]
    [InlineData("settings")]
    [InlineData("data")]
    [InlineData("data/statistics")]
    [InlineData("data/labels")]
    [InlineData("data/1")]
    public async Task Admin_page_is_no_answer_for_strangers(string path)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = demo.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd(BrowserRequests.Accept);

        using var response = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal($"/sign-in?return={Uri.EscapeDataString('/' + path)}", response.Headers.Location?.OriginalString);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [GeneratedRegex("""api/v1/training-photos/[^"]+/picture""")]
    private static partial Regex PictureAddress();

    private async Task<string> GetPageAsync(string path, HttpStatusCode expected, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.ParseAdd(BrowserRequests.Accept);
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var response = await demo.Client.SendAsync(request, Token);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync(Token);
    }
}
