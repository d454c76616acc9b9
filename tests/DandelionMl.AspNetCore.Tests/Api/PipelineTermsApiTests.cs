using System.Net;
using System.Text.Json;

namespace DandelionMl.AspNetCore.Tests.Api;

/// <summary>What another scheduler starts, finds, renews and resumes over HTTP.</summary>
public sealed class PipelineTermsApiTests(TrainedHost host) : IClassFixture<TrainedHost>
{
    private const string Runs = "api/v1/pipelines/runs";
    private const string Train = "api/v1/pipelines/train/runs";

    [Fact]
    public async Task Run_is_found_by_its_key_renewed_replaced_by_its_group_and_resumed_with_a_lease()
    {
        var (status, run) = await host.CallAsync("POST", Train, new { key = "dag/run/task/-1/1", group = "dag/run/task/-1", lease = 120 });
        Assert.Equal((HttpStatusCode.Accepted, "queued"), (status, run.GetProperty("state").GetString()));
        Assert.Equal(("dag/run/task/-1/1", "dag/run/task/-1"), (run.GetProperty("key").GetString(), run.GetProperty("group").GetString()));
        Assert.Equal(Now.AddSeconds(120), run.GetProperty("leaseUntil").GetDateTimeOffset());

        var (again, found) = await host.CallAsync("POST", Train, new { key = "dag/run/task/-1/1", group = "dag/run/task/-1", lease = 120 });
        Assert.Equal((HttpStatusCode.OK, Id(run)), (again, Id(found)));
        Assert.Equal((HttpStatusCode.OK, Id(run)), await RenewAsync(run));

        var (_, next) = await host.CallAsync("POST", Train, new { key = "dag/run/task/-1/3", group = "dag/run/task/-1" });
        Assert.NotEqual(Id(run), Id(next));
        var replaced = await host.GetAsync($"{Runs}/{Id(run)}");
        Assert.Equal("cancelled", replaced.GetProperty("state").GetString());
        Assert.StartsWith("cancelled by a new run of its group, started by ", replaced.GetProperty("reason").GetString(), StringComparison.Ordinal);

        await host.CallAsync("POST", $"{Runs}/{Id(next)}/cancel");
        var (_, resumed) = await host.CallAsync("POST", $"{Runs}/{Id(run)}/retry", new { lease = 60 });
        Assert.Equal(Now.AddSeconds(60), resumed.GetProperty("leaseUntil").GetDateTimeOffset());
        await host.CallAsync("POST", $"{Runs}/{Id(run)}/cancel");
        Assert.Equal((HttpStatusCode.OK, Id(run)), await RenewAsync(run));
    }

    [Fact]
    public async Task Run_does_the_steps_that_are_asked_for()
    {
        var (_, run) = await host.CallAsync("POST", "api/v1/pipelines/retrain/runs", new { steps = new[] { "move-images" } });

        Assert.Equal(
            ["skipped", "queued", "skipped"], run.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("state").GetString()));
        await host.CallAsync("POST", $"{Runs}/{Id(run)}/cancel");
    }

    [Fact]
    public async Task Bad_terms_are_refused_with_a_reason()
    {
        await RefusedAsync(new { key = " " }, "key of a run is empty");
        await RefusedAsync(new { key = new string('k', 501) }, "501 characters");
        await RefusedAsync(new { group = "a\u0000b" }, "control character");
        await RefusedAsync(new { lease = 5 }, "30 to 3600");
        await RefusedAsync(new { lease = -1 }, "30 to 3600");
        await RefusedAsync(new { lease = "soon" }, "lease");
        await RefusedAsync(new { steps = new[] { "fly" } }, "no step 'fly'");
        await RefusedAsync(new { steps = new string?[] { null } }, "no step ''");
        await RefusedAsync(new { steps = Array.Empty<string>() }, "it has train-model");
        await host.RefusedAsync(HttpStatusCode.NotFound, "POST", $"{Runs}/987654/renew");

        Task RefusedAsync(object body, string reason) => host.RefusedAsync(HttpStatusCode.BadRequest, "POST", Train, body, reason);
    }

    private DateTimeOffset Now => host.Host.Time.GetUtcNow();

    private static long Id(JsonElement run) => run.GetProperty("id").GetInt64();

    private async Task<(HttpStatusCode Status, long Id)> RenewAsync(JsonElement run)
    {
        var (status, renewed) = await host.CallAsync("POST", $"{Runs}/{Id(run)}/renew");
        return (status, Id(renewed));
    }
}
