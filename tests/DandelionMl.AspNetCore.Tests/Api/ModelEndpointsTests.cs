using System.Net;
using System.Text.Json;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class ModelEndpointsTests
{
    [Fact]
    public async Task List_and_find_give_the_versions_page_by_page()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);
        await DandelionProcess.RunJsonAsync("train", "--data", folder["data"], "--no-promote");
        await using var host = await HostApplication.StartAsync(folder["data"]);

        var all = await GetAsync(host, "api/v1/models");
        Assert.Equal([(2, "candidate"), (1, "champion")], Items(all));
        Assert.Equal((0, 50, 2), (all.GetProperty("offset").GetInt32(), all.GetProperty("limit").GetInt32(), all.GetProperty("total").GetInt32()));
        var second = await GetAsync(host, "api/v1/models?offset=1&limit=1");
        Assert.Equal([(1, "champion")], Items(second));
        Assert.Equal(2, second.GetProperty("total").GetInt32());
        Assert.Empty(Items(await GetAsync(host, "api/v1/models?offset=7")));

        // A number for each pair of classes is too much for a list.
        Assert.All(all.GetProperty("items").EnumerateArray(), item => Assert.False(item.GetProperty("metrics").TryGetProperty("confusionMatrix", out _)));
        var model = await GetAsync(host, "api/v1/models/1");
        Assert.Equal(2, model.GetProperty("metrics").GetProperty("confusionMatrix").GetArrayLength());
        Assert.Equal(["dandelion", "grass"], model.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal("built-in-v1", model.GetProperty("backbone").GetString());
        Assert.InRange(model.GetProperty("metrics").GetProperty("accuracy").GetDouble(), 0.5, 1);
        Assert.Equal(JsonValueKind.Object, model.GetProperty("options").ValueKind);
    }

    [Theory]
    [InlineData("api/v1/models?limit=0", HttpStatusCode.BadRequest, "between 1 and 200")]
    [InlineData("api/v1/models?limit=201", HttpStatusCode.BadRequest, "between 1 and 200")]
    [InlineData("api/v1/models?offset=-1", HttpStatusCode.BadRequest, "not be negative")]
    [InlineData("api/v1/models?offset=x", HttpStatusCode.BadRequest, "offset")]
    [InlineData("api/v1/models/7", HttpStatusCode.NotFound, "no model version 7")]
    public async Task Wrong_request_is_a_problem_that_says_why(string path, HttpStatusCode status, string reason)
    {
        await using var host = await HostApplication.StartAsync();

        using var response = await host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Key));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, (await HostClient.BodyAsync(response)).GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Description_names_what_opens_the_guarded_routes_and_leaves_the_public_ones_open()
    {
        await using var host = await HostApplication.StartAsync();

        var paths = (await GetAsync(host, "openapi/v1.json")).GetProperty("paths");

        var security = paths.GetProperty("/api/v1/models").GetProperty("get").GetProperty("security").EnumerateArray();
        Assert.Equal(["session", "apiKey", "bearer"], security.Select(requirement => Assert.Single(requirement.EnumerateObject()).Name));
        Assert.False(paths.GetProperty("/predict").GetProperty("post").TryGetProperty("security", out _));
        Assert.False(paths.GetProperty("/api/v1/session").GetProperty("post").TryGetProperty("security", out _));
    }

    [Fact]
    public async Task Description_has_numbers_that_are_nothing_else()
    {
        await using var host = await HostApplication.StartAsync();

        var description = await GetAsync(host, "openapi/v1.json");

        var model = description.GetProperty("components").GetProperty("schemas").GetProperty("ModelMetrics").GetProperty("properties");
        Assert.Equal("integer", model.GetProperty("images").GetProperty("type").GetString());
        Assert.Equal("number", model.GetProperty("accuracy").GetProperty("type").GetString());
        Assert.Equal(["null", "integer"], model.GetProperty("distinctPhotos").GetProperty("type").EnumerateArray().Select(type => type.GetString()));
        var text = description.GetRawText().Replace(" ", "", StringComparison.Ordinal);
        Assert.DoesNotContain("\"integer\",\"string\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"number\",\"string\"", text, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> GetAsync(HostApplication host, string path)
    {
        using var response = await host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Key));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await HostClient.BodyAsync(response);
    }

    private static IEnumerable<(int, string?)> Items(JsonElement page) => page.GetProperty("items").EnumerateArray()
        .Select(item => (item.GetProperty("version").GetInt32(), item.GetProperty("state").GetString()));
}
