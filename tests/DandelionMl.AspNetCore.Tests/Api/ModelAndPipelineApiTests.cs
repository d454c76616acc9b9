using System.Net;
using DandelionMl.Catalog;
using DandelionMl.Pipelines;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.AspNetCore.Tests.Api;

public sealed class ModelAndPipelineApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const string Models = "api/v1/models";
    private const string Pipelines = "api/v1/pipelines";

    [Fact]
    public async Task Model_is_told_with_its_lineage()
    {
        var model = await host.GetAsync($"{Models}/1");
        Assert.True(model.GetProperty("verdict").GetProperty("checks").GetArrayLength() > 0);
        Assert.NotEmpty(model.GetProperty("environment").EnumerateObject());
        Assert.InRange((await host.GetAsync($"{Models}/1/epochs")).GetArrayLength(), 3, 300);
        var registered = (await host.GetAsync($"{Models}/1/events"))[0];
        Assert.Equal("register", registered.GetProperty("action").GetString());

        var images = await host.GetAsync($"{Models}/1/images?split=test&limit=5");
        Assert.All(images.GetProperty("items").EnumerateArray(), image => Assert.Equal("test", image.GetProperty("split").GetString()));
        Assert.Equal(200, (await host.GetAsync($"{Models}/1/images")).GetProperty("total").GetInt32());
        var (_, reproduction) = await host.CallAsync("POST", $"{Models}/1/reproduce");
        Assert.True(reproduction.GetProperty("weightsAgree").GetBoolean());
    }

    [Fact]
    public async Task Artifact_is_downloaded_under_its_name()
    {
        using var client = host.Host.CreateClient();
        using var response = await client.SendAsync("GET", $"{Models}/1/artifact", ("X-Api-Key", host.Host.Key));

        Assert.EndsWith("_0.safetensors", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length, 500, 100_000);
    }

    [Fact]
    public async Task Champion_is_changed_only_with_a_reason_and_as_expected()
    {
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Models}/1/promote", new { reason = "  " });
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Models}/1/promote", new { });
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", $"{Models}/77/promote", new { reason = "better" }, "77");
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", $"{Models}/rollback", new { reason = "worse" });
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", $"{Models}/77/events");

        var (status, model) = await host.CallAsync("POST", $"{Models}/1/promote", new { reason = "it is", expectedChampion = 1 });
        Assert.Equal((HttpStatusCode.OK, "champion"), (status, model.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Pipelines_are_told_started_cancelled_and_retried()
    {
        var pipelines = await host.GetAsync(Pipelines);
        Assert.Equal(["ingest-dataset", "train", "retrain"], pipelines.EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        Assert.Equal("0 0 * * 6", pipelines[2].GetProperty("schedule").GetString());

        var (status, run) = await host.CallAsync("POST", $"{Pipelines}/ingest-dataset/runs", new { parameters = new { dataset = "greenr" } });
        Assert.Equal((HttpStatusCode.Accepted, "queued"), (status, run.GetProperty("state").GetString()));
        Assert.Equal("true", run.GetProperty("parameters").GetProperty("remote").GetString());
        var id = run.GetProperty("id").GetInt64();
        await host.RefusedAsync(
            HttpStatusCode.Conflict, "POST", $"{Pipelines}/ingest-dataset/runs", new { parameters = new { dataset = "greenr" } }, $"run {id}");
        await host.RefusedAsync(HttpStatusCode.Conflict, "POST", $"{Pipelines}/runs/{id}/retry");
        var (_, cancelled) = await host.CallAsync("POST", $"{Pipelines}/runs/{id}/cancel");
        Assert.Equal("cancelled", cancelled.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Accepted, (await host.CallAsync("POST", $"{Pipelines}/runs/{id}/retry")).Status);
        await host.CallAsync("POST", $"{Pipelines}/runs/{id}/cancel");
        Assert.Equal(0, (await host.GetAsync($"{Pipelines}/runs/{id}/triggered")).GetArrayLength());
        var cancelledRuns = (await host.GetAsync($"{Pipelines}/runs?pipeline=ingest-dataset&state=cancelled")).GetProperty("runs");
        Assert.Single(cancelledRuns.EnumerateArray(), item => item.GetProperty("id").GetInt64() == id);
    }

    [Fact]
    public async Task Run_of_the_server_itself_is_not_run_again_over_http_where_its_data_set_is_not_allowed()
    {
        var runs = host.Host.Application.Services.GetRequiredService<PipelineRuns>();
        var run = await runs.StartAsync(
            "ingest-dataset", "operator", new Dictionary<string, string> { ["dataset"] = "/etc" }, TestContext.Current.CancellationToken);
        await runs.CancelAsync(run.Id, "operator", TestContext.Current.CancellationToken);

        await host.RefusedAsync(HttpStatusCode.Forbidden, "POST", $"{Pipelines}/runs/{run.Id}/retry", null, "AllowedRoots");
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("/nowhere")]
    [InlineData("etc")]
    public async Task Data_set_that_is_not_allowed_over_http_is_refused_with_what_to_do(string dataset) => await host.RefusedAsync(
        HttpStatusCode.Forbidden, "POST", $"{Pipelines}/ingest-dataset/runs", new { parameters = new { dataset, remote = "false" } }, "AllowedRoots");

    [Fact]
    public async Task Photo_that_never_came_is_forgotten_and_one_that_is_kept_is_not()
    {
        var catalog = host.Host.Application.Services.GetRequiredService<IImageCatalog>();
        await catalog.RegisterAsync([new ManifestEntry("https://photos.example/late.jpg", "grass")], TestContext.Current.CancellationToken);
        var late = await catalog.FindBySourceAsync("https://photos.example/late.jpg", TestContext.Current.CancellationToken);
        var kept = await catalog.ListAsync(ImageState.Stored, TestContext.Current.CancellationToken).FirstAsync(TestContext.Current.CancellationToken);

        await host.RefusedAsync(HttpStatusCode.Conflict, "DELETE", $"api/v1/images/{kept.Id}", null, "Withdraw it");
        using var client = host.Host.CreateClient();
        using var response = await client.SendAsync("DELETE", $"api/v1/images/{late!.Id}", ("X-Api-Key", host.Host.Key));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await host.RefusedAsync(HttpStatusCode.NotFound, "DELETE", $"api/v1/images/{late.Id}");
    }

    [Fact]
    public async Task Bad_pipeline_requests_are_refused_with_a_reason()
    {
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", $"{Pipelines}/nothing/runs", new { }, "ingest-dataset, retrain, train");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Pipelines}/ingest-dataset/runs", new { }, "needs parameter 'dataset'");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "POST", $"{Pipelines}/train/runs", new { parameters = new { speed = "9" } }, "speed");
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", $"{Pipelines}/runs/987654");
        await host.RefusedAsync(HttpStatusCode.NotFound, "GET", $"{Pipelines}/runs/987654/triggered");
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", $"{Pipelines}/runs/987654/cancel");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Pipelines}/runs/1/log?limit=0");
        await host.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"{Pipelines}/runs?state=lost");
    }

    [Fact]
    public async Task Retraining_says_what_is_missing_and_when_it_is_asked_again()
    {
        var decision = await host.GetAsync("api/v1/retraining");
        Assert.False(decision.GetProperty("shouldRetrain").GetBoolean());
        Assert.Equal("0 new photos, 10 needed", decision.GetProperty("reason").GetString());
        Assert.Equal(new DateTimeOffset(2030, 3, 9, 0, 0, 0, TimeSpan.Zero), decision.GetProperty("nextCheck").GetDateTimeOffset());

        var outcome = await host.Host.Application.Services.GetRequiredService<PipelineRunner>().RunAsync(
            PipelineIds.Retrain, "the test", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((PipelineState.Skipped, decision.GetProperty("reason").GetString()), (outcome.Run.State, outcome.Run.Reason));
        var lines = await host.GetAsync($"{Pipelines}/runs/{outcome.Run.Id}/log");
        Assert.Contains(outcome.Run.Reason, lines.EnumerateArray().Select(line => line.GetProperty("text").GetString()));
        var last = lines[lines.GetArrayLength() - 1].GetProperty("number").GetInt64();
        Assert.Equal(0, (await host.GetAsync($"{Pipelines}/runs/{outcome.Run.Id}/log?after={last}")).GetArrayLength());
    }
}
