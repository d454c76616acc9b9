using System.Net;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class LearningCurveApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    [Fact]
    public async Task Learning_curve_is_told_by_the_api_and_shown_on_its_page()
    {
        var curve = await host.GetAsync("api/v1/learning-curve");

        Assert.Equal((1, 0), (curve.GetProperty("modelVersion").GetInt32(), curve.GetProperty("gone").GetInt32()));
        var photos = curve.GetProperty("photos").GetInt32();
        Assert.Equal(photos, curve.GetProperty("classes").EnumerateArray().Sum(item => item.GetProperty("photos").GetInt32()));
        Assert.Equal(7, curve.GetProperty("points").GetArrayLength());
        Assert.InRange(curve.GetProperty("accuracy").GetDouble(), 0.8, 1);
        var gain = curve.GetProperty("gains")[0];
        Assert.InRange(gain.GetProperty("accuracy").GetProperty("value").GetDouble(), 0, 0.2);

        var alone = curve.GetProperty("classes")[0].GetProperty("own");
        Assert.Equal(curve.GetProperty("classes")[0].GetProperty("photos").GetInt32(), alone.GetProperty("more").GetInt32());
        Assert.InRange(alone.GetProperty("accuracy").GetProperty("value").GetDouble(), -0.2, 0.2);

        Assert.Contains("href=\"models/learning-curve\"", await PageAsync("models"), StringComparison.Ordinal);
        var page = await PageAsync("models/learning-curve");
        Assert.Contains($"{gain.GetProperty("more").GetInt32()} more photos: +", page, StringComparison.Ordinal);
        Assert.Contains(">More photos of one class alone<", page, StringComparison.Ordinal);
        Assert.Contains("<polyline class=\"same\"", page, StringComparison.Ordinal);
        Assert.All(curve.GetProperty("classes").EnumerateArray(), item => Assert.Contains($">{item.GetProperty("label").GetString()}<", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Learning_curve_without_a_model_is_refused_with_what_is_needed()
    {
        await using var empty = await HostApplication.StartAsync();
        using var client = empty.CreateClient();

        using var refused = await client.SendAsync("GET", "api/v1/learning-curve", ("X-Api-Key", empty.Key));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("train first", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var anna = await empty.SignInAsync();
        using var page = await anna.SendAsync("GET", "models/learning-curve", ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("at least 8 different photos each", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<string> PageAsync(string path)
    {
        var anna = await host.Host.SignInAsync();
        using var response = await anna.SendAsync("GET", path, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
