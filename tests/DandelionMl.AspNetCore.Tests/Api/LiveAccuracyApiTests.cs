using System.Net;
using System.Text.Json;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class LiveAccuracyApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const int Photos = 14;

    [Fact]
    public async Task Live_accuracy_is_told_once_enough_photos_are_reviewed()
    {
        Assert.Empty((await host.GetAsync("api/v1/live-accuracy")).EnumerateArray());
        Assert.Contains("No photo that a user sent was kept", await PageAsync("models"), StringComparison.Ordinal);
        using var drawn = new TempFolder();
        DemoPictures.Draw(drawn.Path, Photos / 2, seed: 57, TestContext.Current.CancellationToken);
        foreach (var photo in Directory.EnumerateFiles(drawn.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(photo, TestContext.Current.CancellationToken);
            var (_, answer) = await host.SendPhotoAsync("predict", bytes, fields: ("keep", "true"));
            Assert.Equal("new", answer.GetProperty("upload").GetProperty("status").GetString());
        }

        var open = Assert.Single((await host.GetAsync("api/v1/live-accuracy")).EnumerateArray());
        Assert.Equal((1, Photos, 0, 10), (Number(open, "modelVersion"), Number(open, "photos"), Number(open, "reviewed"), Number(open, "missing")));
        Assert.Equal(JsonValueKind.Null, open.GetProperty("accuracy").ValueKind);
        Assert.Contains("reviewed photos still needed, picked at random: 10", await PageAsync(""), StringComparison.Ordinal);

        var (_, taken) = await host.CallAsync("POST", "api/v1/review/take", new { count = Photos });
        foreach (var (index, photo) in taken.EnumerateArray().Index())
        {
            var (status, _) = await host.CallAsync(
                "POST", $"api/v1/review/{photo.GetProperty("imageId").GetInt64()}/decision", new { action = index == 0 ? "noneOfThese" : "confirm" });
            Assert.Equal(HttpStatusCode.OK, status);
        }

        var week = Assert.Single((await host.GetAsync("api/v1/live-accuracy")).EnumerateArray());
        Assert.Equal((Photos, 0), (Number(week, "reviewed"), Number(week, "missing")));
        Assert.Equal(DayOfWeek.Monday, DateOnly.Parse(week.GetProperty("week").GetString()!, System.Globalization.CultureInfo.InvariantCulture).DayOfWeek);
        Assert.Equal(13.0 / 14, week.GetProperty("accuracy").GetDouble(), 1e-9);
        Assert.Equal(0.6613, week.GetProperty("low").GetDouble(), 1e-4);
        Assert.Equal(0.9982, week.GetProperty("high").GetDouble(), 1e-4);
        foreach (var page in (string[])["", "models", "monitoring"])
        {
            Assert.Contains("66.1% to 99.8%", await PageAsync(page), StringComparison.Ordinal);
        }
    }

    private static int Number(JsonElement week, string name) => week.GetProperty(name).GetInt32();

    private async Task<string> PageAsync(string path)
    {
        var anna = await host.Host.SignInAsync();
        using var response = await anna.SendAsync("GET", path, ("Accept", "text/html"));
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
