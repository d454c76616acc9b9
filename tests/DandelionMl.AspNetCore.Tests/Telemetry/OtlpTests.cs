using System.Collections.Concurrent;
using System.Text;
using DandelionMl.AspNetCore.Tests.Support;
using DandelionMl.Tool.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace DandelionMl.AspNetCore.Tests.Telemetry;

public sealed class OtlpTests
{
    [Fact]
    public async Task Traces_and_metrics_go_to_the_configured_endpoint()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await StartCollectorAsync(received);
        await using var host = await HostApplication.StartAsync(others: new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        using var client = host.CreateClient();
        await client.StatusAsync("GET", "predict");
        await client.StatusAsync("GET", "healthz");

        host.Application.Services.GetRequiredService<TracerProvider>().ForceFlush();
        host.Application.Services.GetRequiredService<MeterProvider>().ForceFlush();

        Assert.Contains("GET /predict", received["/v1/traces"], StringComparison.Ordinal);
        Assert.DoesNotContain("GET /healthz", received["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("dandelionml.model.served", received["/v1/metrics"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traces_are_not_made_where_no_endpoint_is_configured()
    {
        await using var host = await HostApplication.StartAsync();

        Assert.Null(host.Application.Services.GetService<TracerProvider>());
    }

    [Theory]
    [InlineData("/healthz", false)]
    [InlineData("/plants/readyz", false)]
    [InlineData("/metrics", false)]
    [InlineData("/plants/predict", true)]
    public void Probes_are_not_traced_under_any_prefix(string path, bool isTraced) =>
        Assert.Equal(isTraced, HostTelemetry.IsNoProbe(new DefaultHttpContext { Request = { Path = path } }));

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            var body = await reader.ReadToEndAsync();
            received.AddOrUpdate(context.Request.Path, body, (_, before) => before + body);
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }
}
