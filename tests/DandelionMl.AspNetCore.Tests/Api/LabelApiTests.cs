using System.Net;
using System.Text.Json;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class LabelApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const string Check = "api/v1/labels/check";

    [Fact]
    public async Task Wrong_label_is_listed_first_until_somebody_keeps_it()
    {
        var photo = (await host.GetAsync("api/v1/images?label=dandelion&state=stored&limit=1")).GetProperty("items")[0].GetProperty("imageId").GetInt64();
        await host.CallAsync("POST", $"api/v1/images/{photo}/relabel", new { label = "grass" });

        var report = await host.GetAsync($"{Check}?limit=5");

        var first = report.GetProperty("photos")[0];
        Assert.Equal(
            (photo, "grass", "dandelion"),
            (first.GetProperty("imageId").GetInt64(), first.GetProperty("label").GetString(), first.GetProperty("likelyLabel").GetString()));
        Assert.True(first.GetProperty("labelProbability").GetSingle() < first.GetProperty("likelyProbability").GetSingle());
        Assert.True(first.GetProperty("margin").GetSingle() < 0);
        Assert.Contains(first.GetProperty("split").GetString(), new[] { "train", "test" });
        Assert.Equal(
            (5, 200, JsonValueKind.Null),
            (report.GetProperty("photos").GetArrayLength(), report.GetProperty("checked").GetInt32(), report.GetProperty("obstacle").ValueKind));

        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", $"api/v1/images/{photo}/keep", new { label = "dandelion" }, "the label 'grass' meanwhile");
        var (status, kept) = await host.CallAsync("POST", $"api/v1/images/{photo}/keep", new { label = "grass" });
        Assert.Equal((HttpStatusCode.OK, "grass"), (status, kept.GetProperty("label").GetString()));

        report = await host.GetAsync(Check);
        Assert.Equal(1, report.GetProperty("kept").GetInt32());
        Assert.DoesNotContain(photo, report.GetProperty("photos").EnumerateArray().Select(item => item.GetProperty("imageId").GetInt64()));
        var history = (await host.GetAsync($"api/v1/images/{photo}")).GetProperty("history");
        Assert.Equal("keep", history[history.GetArrayLength() - 1].GetProperty("action").GetString());
    }

    [Theory]
    [InlineData("limit=0", "between 1 and 200")]
    [InlineData("limit=201", "between 1 and 200")]
    public async Task Limit_out_of_its_range_is_refused(string query, string says) =>
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Check}?{query}", says: says);
}
