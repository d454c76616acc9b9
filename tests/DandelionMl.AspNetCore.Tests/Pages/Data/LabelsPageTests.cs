using System.Net;
using DandelionMl.AspNetCore.Tests.Api;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Pages.Data;

/// <summary>The page of labels in doubt.</summary>
public sealed class LabelsPageTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const string Path = "data/labels";

    [Fact]
    public async Task Labels_are_kept_changed_or_left_and_what_somebody_else_changed_is_left()
    {
        var photos = (await host.GetAsync("api/v1/images?label=dandelion&state=stored&limit=4")).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("imageId").GetInt64()).ToList();
        foreach (var photo in photos)
        {
            await host.CallAsync("POST", $"api/v1/images/{photo}/relabel", new { label = "grass" });
        }

        var page = await PageAsync(Path);
        Assert.All(photos, photo => Assert.Contains($"name=\"seen-{photo}\" value=\"grass\"", page, StringComparison.Ordinal));
        Assert.Contains("Photos checked: 200.", page, StringComparison.Ordinal);
        Assert.Contains("likely wrong</span>", page, StringComparison.Ordinal);
        Assert.Contains("test photo</span>", page, StringComparison.Ordinal);
        Assert.Contains("Keep “\u2068grass\u2069”", page, StringComparison.Ordinal);
        Assert.Contains("Change to “\u2068dandelion\u2069”", page, StringComparison.Ordinal);
        await host.CallAsync("POST", $"api/v1/images/{photos[2]}/relabel", new { label = "dandelion" });

        using var saved = await PostAsync(
            ($"seen-{photos[0]}", "grass"), ($"given-{photos[0]}", "grass"),
            ($"seen-{photos[1]}", "grass"), ($"given-{photos[1]}", "dandelion"),
            ($"seen-{photos[2]}", "grass"), ($"given-{photos[2]}", "grass"),
            ($"seen-{photos[3]}", "grass"), ($"given-{photos[3]}", ""));

        Assert.Equal((HttpStatusCode.Found, "/data/labels?kept=1&changed=1&refusals=1"), (saved.StatusCode, saved.Headers.Location?.OriginalString));
        Assert.Equal(["grass", "dandelion", "dandelion", "grass"], await Task.WhenAll(photos.Select(LabelAsync)));
        var next = await PageAsync(saved.Headers.Location!.OriginalString.TrimStart('/'));
        Assert.Contains("Labels kept: 1. Labels changed: 1. Photos left as they are, because somebody else changed them meanwhile: 1.", next, StringComparison.Ordinal);
        Assert.DoesNotContain($"seen-{photos[0]}\"", next, StringComparison.Ordinal);
        Assert.Contains($"seen-{photos[3]}\"", next, StringComparison.Ordinal);
        Assert.Contains("kept</span>", await PageAsync($"data/{photos[0]}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("given-1", "no such class")]
    [InlineData("given-1", "line\nbreak")]
    [InlineData("given-987654", "grass")]
    public async Task What_is_no_class_or_no_photo_is_left_as_it_is(string field, string label)
    {
        using var saved = await PostAsync((field, label));

        Assert.Equal("/data/labels?kept=0&changed=0&refusals=1", saved.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("given-x")]
    [InlineData("given--1")]
    [InlineData("given-99999999999999999999")]
    public async Task Field_that_names_no_photo_is_ignored(string field)
    {
        using var saved = await PostAsync((field, "grass"));

        Assert.Equal("/data/labels?kept=0&changed=0&refusals=0", saved.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Page_says_why_nothing_can_be_checked()
    {
        await using var empty = await HostApplication.StartAsync();

        using var response = await empty.CreateClient().SendAsync("GET", Path, ("X-Api-Key", empty.Key));

        Assert.Contains("There is no photo to check yet.", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<string?> LabelAsync(long photo) => (await host.GetAsync($"api/v1/images/{photo}")).GetProperty("label").GetString();

    private async Task<string> PageAsync(string path)
    {
        using var response = await host.Host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Host.Key));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Token));
    }

    private async Task<HttpResponseMessage> PostAsync(params IEnumerable<(string Name, string Value)> fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await host.Host.CreateClient().SendAsync("POST", Path, ("X-Api-Key", host.Host.Key), content);
    }
}
