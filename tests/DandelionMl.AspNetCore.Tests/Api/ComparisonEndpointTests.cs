using System.Net;
using System.Text.Json;
using DandelionMl.Tool.Demo;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class ComparisonEndpointTests
{
    [Fact]
    public async Task Comparison_counts_on_the_same_photos_and_names_those_that_differ_by_their_numbers()
    {
        using var folder = new TempFolder();
        await DemoData.CopyToAsync(folder["data"]);

        // Pictures with each other's labels: version 2 has learned them, version 1 contradicts them.
        DemoPictures.Draw(folder["drawn"], perClass: 40, seed: 5, TestContext.Current.CancellationToken);
        Directory.Move(Path.Combine(folder["drawn"], "grass"), Path.Combine(folder["drawn"], "meadow"));
        Directory.Move(Path.Combine(folder["drawn"], "dandelion"), Path.Combine(folder["drawn"], "grass"));
        Directory.Move(Path.Combine(folder["drawn"], "meadow"), Path.Combine(folder["drawn"], "dandelion"));
        await DandelionProcess.RunJsonAsync("ingest", folder["drawn"], "--data", folder["data"]);
        await DandelionProcess.RunJsonAsync("train", "--data", folder["data"], "--no-promote");
        await using var host = await HostApplication.StartAsync(folder["data"]);

        var comparison = await GetAsync(host, "api/v1/models/1/comparison/2?limit=200");

        var metrics = (await GetAsync(host, "api/v1/models/2")).GetProperty("metrics");
        Assert.Equal(metrics.GetProperty("images").GetInt32(), Number(comparison, "images"));
        Assert.Equal(0, Number(comparison, "trainedOn") + Number(comparison, "unavailable"));
        Assert.Equal(
            JsonSerializer.Serialize(metrics.GetProperty("confusionMatrix")),
            JsonSerializer.Serialize(comparison.GetProperty("second").GetProperty("confusionMatrix")));
        var (first, second) = (comparison.GetProperty("first"), comparison.GetProperty("second"));
        Assert.Equal((1, 2), (Number(first, "version"), Number(second, "version")));
        Assert.Equal(
            Number(comparison, "images"),
            Number(comparison, "bothRight") + Number(comparison, "bothWrong") + Number(first, "aloneRight") + Number(second, "aloneRight"));

        var differences = comparison.GetProperty("differences");
        Assert.Equal(Number(first, "aloneRight") + Number(second, "aloneRight"), Number(differences, "total"));
        Assert.True(Number(differences, "total") > 0, "Version 2 answers as version 1 does.");
        var photo = differences.GetProperty("items")[0];
        Assert.NotEqual(photo.GetProperty("first").GetProperty("label").GetString(), photo.GetProperty("second").GetProperty("label").GetString());
        using var picture = await host.CreateClient().SendAsync("GET", $"api/v1/images/{Number(photo, "imageId")}/picture", ("X-Api-Key", host.Key));
        Assert.Equal("image/jpeg", picture.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("api/v1/models/7/comparison/8", HttpStatusCode.NotFound)]
    [InlineData("api/v1/models/1/comparison/x", HttpStatusCode.NotFound)]
    [InlineData("api/v1/models/1/comparison/2?limit=0", HttpStatusCode.BadRequest)]
    public async Task Comparison_of_nothing_is_a_problem(string path, HttpStatusCode status)
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Equal(status, await host.CreateClient().StatusAsync("GET", path, ("X-Api-Key", host.Key)));
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static async Task<JsonElement> GetAsync(HostApplication host, string path)
    {
        using var response = await host.CreateClient().SendAsync("GET", path, ("X-Api-Key", host.Key));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await HostClient.BodyAsync(response);
    }
}
