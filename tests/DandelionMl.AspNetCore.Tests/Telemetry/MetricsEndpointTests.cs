using System.Net;
using DandelionMl.AspNetCore.Tests.Support;
using Microsoft.Extensions.Options;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Telemetry;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Metrics_count_requests_and_pages_by_the_names_of_the_python_system()
    {
        await using var host = await HostApplication.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(host.Application.Urls.First()) };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        await client.GetStringAsync("predict", Token);
        using var unknown = await client.GetAsync("no/such/page", Token);
        using var made = await client.SendAsync(new HttpRequestMessage(new HttpMethod("X-MADE-UP"), "predict"), Token);

        var metrics = await ReadAsync(client);

        Assert.Equal(["1"], Values(metrics, "request_count_total", "endpoint=\"/predict\"", "method=\"GET\""));
        Assert.Equal(["1"], Values(metrics, "request_latency_seconds_count", "endpoint=\"/predict\""));
        Assert.Equal(["1"], Values(metrics, "page_views_total"));
        Assert.Equal(["1"], Values(metrics, "streamlit_page_views_total"));
        Assert.NotEmpty(Values(metrics, "http_server_request_duration_seconds_count", "http_route=\"/predict\""));
        Assert.NotEmpty(Values(metrics, "dotnet_gc_collections_total"));
        Assert.DoesNotContain("no/such/page", string.Concat(metrics), StringComparison.Ordinal);
        Assert.DoesNotContain("MADE-UP", string.Concat(metrics), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Host", "rebound.example")]
    public async Task Metrics_that_a_proxy_or_another_name_asks_for_are_not_found(string header, string value)
    {
        await using var host = await HostApplication.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(host.Application.Urls.First()) };
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        using var answer = await client.GetAsync("metrics", Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Metrics_have_a_port_of_their_own_where_one_is_set()
    {
        var port = FreePort.Find();
        await using var host = await HostApplication.StartAsync(settings: new() { ["Telemetry:MetricsPort"] = $"{port}" });
        using var client = new HttpClient { BaseAddress = new Uri(host.Application.Urls.First()) };
        using var watcher = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        watcher.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");

        Assert.NotEmpty(Values(await ReadAsync(watcher), "dotnet_gc_collections_total"));
        Assert.Equal(HttpStatusCode.NotFound, (await watcher.GetAsync("healthz", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("metrics", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("healthz", Token)).StatusCode);
    }

    [Fact]
    public async Task Metrics_leave_out_what_another_host_of_the_process_answers()
    {
        await using var asked = await HostApplication.StartAsync();
        await using var other = await HostApplication.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(asked.Application.Urls.First()) };
        using var others = new HttpClient { BaseAddress = new Uri(other.Application.Urls.First()) };
        await client.GetStringAsync("predict", Token);
        await others.GetStringAsync("predict", Token);
        await others.GetStringAsync("predict", Token);

        Assert.Equal(["1"], Values(await ReadAsync(client), "request_count_total", "endpoint=\"/predict\""));
        Assert.Equal(["1"], Values(await ReadAsync(client), "http_server_request_duration_seconds_count", "http_route=\"/predict\""));
        Assert.Equal(["2"], Values(await ReadAsync(others), "request_count_total", "endpoint=\"/predict\""));
    }

    [Fact]
    public async Task Metrics_leave_out_the_names_that_are_switched_off()
    {
        await using var without = await HostApplication.StartAsync(settings: new() { ["Telemetry:ReferenceNames"] = "false" });
        await using var alias = await HostApplication.StartAsync(settings: new() { ["Telemetry:StreamlitName"] = "false" });
        foreach (var (host, views) in new[] { (without, 0), (alias, 1) })
        {
            using var client = new HttpClient { BaseAddress = new Uri(host.Application.Urls.First()) };
            client.DefaultRequestHeaders.Add("Accept", "text/html");
            await client.GetStringAsync("predict", Token);

            var metrics = await ReadAsync(client);

            Assert.Equal(views, Values(metrics, "page_views_total").Count);
            Assert.Empty(Values(metrics, "streamlit_page_views_total"));
        }
    }

    [Fact]
    public async Task Metrics_are_not_there_where_telemetry_is_switched_off()
    {
        await using var host = await HostApplication.StartAsync(others: new() { ["OTEL_SDK_DISABLED"] = "true" });
        using var client = new HttpClient { BaseAddress = new Uri(host.Application.Urls.First()) };

        using var answer = await client.GetAsync("metrics", Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("70000")]
    public async Task Metrics_port_out_of_range_is_told_at_start(string port)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => HostApplication.StartAsync(settings: new() { ["Telemetry:MetricsPort"] = port }));

        Assert.Contains($"DandelionMl:Telemetry:MetricsPort is {port}", failure.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<string[]> ReadAsync(HttpClient client) => (await client.GetStringAsync("metrics", Token)).Split('\n');

    /// <summary>The values of the series of one name that have these labels.</summary>
    private static List<string> Values(string[] metrics, string name, params string[] labels) =>
        [.. metrics.Where(line => line.StartsWith($"{name}{{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Select(line => line.Split(' ')[1])];
}
