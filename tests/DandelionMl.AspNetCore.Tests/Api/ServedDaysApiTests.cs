using System.Net;
using System.Text.Json;
using DandelionMl.Drift.Watching;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class ServedDaysApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Classes_named_and_unknown_photos_are_told_by_day_as_each_answer_told_them()
    {
        Assert.Empty((await host.GetAsync("api/v1/served-days")).EnumerateArray());
        using var drawn = new TempFolder();
        DemoPictures.Draw(drawn.Path, 6, seed: 91, TestContext.Current.CancellationToken);
        var answers = new List<JsonElement>();
        foreach (var photo in Directory.EnumerateFiles(drawn.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            answers.Add((await host.SendPhotoAsync("predict", await File.ReadAllBytesAsync(photo, TestContext.Current.CancellationToken))).Body);
        }

        await host.Host.Application.Services.GetRequiredService<DriftRecorder>().RecordAsync(TestContext.Current.CancellationToken);
        var day = Assert.Single((await host.GetAsync("api/v1/served-days?days=2")).EnumerateArray());
        var named = answers.ConvertAll(answer => answer.GetProperty("labels").GetArrayLength());

        Assert.Equal((1, 12), (Number(day, "modelVersion"), Number(day, "photos")));
        Assert.Equal(12, day.GetProperty("photosByClass").EnumerateObject().Sum(item => item.Value.GetInt32()));
        Assert.Equal(
            (named.Count(count => count == 1), named.Count(count => count > 1), 0),
            (Number(day, "oneClass"), Number(day, "severalClasses"), Number(day, "noClasses")));
        Assert.Equal(named.Average(), day.GetProperty("meanClasses").GetDouble(), 9);
        Assert.Equal(
            (await host.GetAsync("api/v1/models/1")).GetProperty("metrics").GetProperty("predictionSetSize").GetDouble(),
            day.GetProperty("testedMeanClasses").GetDouble());
        Assert.Equal(answers.Count(answer => answer.GetProperty("isKnown").GetBoolean()), Number(day, "known"));
        Assert.Equal(12 - Number(day, "known"), Number(day, "unknown"));

        var page = await PageAsync("monitoring");
        Assert.Contains("Classes that a photo may be of", page, StringComparison.Ordinal);
        Assert.Contains("of them have their own class among those.", page, StringComparison.Ordinal);
        Assert.Contains("No shadow runs", page, StringComparison.Ordinal);
        Assert.Contains("Check the labels", page, StringComparison.Ordinal);
        var flagged = Number(await host.GetAsync("api/v1/labels/check"), "flagged");
        Assert.Contains($"<a href=\"data/labels\">{flagged}</a>", await PageAsync("monitoring"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(401)]
    public Task Days_out_of_bounds_are_refused(int days) =>
        host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"api/v1/served-days?days={days}", says: $"days is {days}: it must be between 1 and 400.");

    private static int Number(JsonElement day, string name) => day.GetProperty(name).GetInt32();

    private async Task<string> PageAsync(string path)
    {
        var anna = await host.Host.SignInAsync();
        using var response = await anna.SendAsync("GET", path, ("Accept", "text/html"));
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
