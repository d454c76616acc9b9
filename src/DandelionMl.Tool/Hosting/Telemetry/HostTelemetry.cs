using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DandelionMl.Tool.Hosting.Telemetry;

/// <summary>OpenTelemetry: metrics for Prometheus at <c>/metrics</c>, and metrics, traces and logs by OTLP where an endpoint is
/// configured.</summary>
internal static class HostTelemetry
{
    /// <summary>Settings that OpenTelemetry has in all languages.</summary>
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string OtlpServiceName = "OTEL_SERVICE_NAME";
    private const string Disabled = "OTEL_SDK_DISABLED";

    private static readonly string[] OfTheFramework =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql"];

    private static readonly string[] Probes = ["/healthz", "/readyz", MetricsAccess.Path];

    private const string ServiceName = "dandelion";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (IsOff(builder.Configuration))
        {
            return;
        }

        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.SectionName).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        builder.Services.AddSingleton<ReferenceMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder.Configuration[OtlpServiceName]))
            .WithMetrics(metrics => metrics
                .AddMeter([LibraryTelemetry.Name, ReferenceMetrics.MeterName, .. OfTheFramework])
                .AddPrometheusExporter());
        builder.Services.ConfigureOpenTelemetryMeterProvider((services, metrics) =>
            LeaveOutOtherHosts(metrics, services.GetRequiredService<IMeterFactory>()));
        if (!string.IsNullOrEmpty(builder.Configuration[OtlpEndpoint]))
        {
            telemetry
                .WithTracing(traces => traces
                    .AddSource(LibraryTelemetry.Name, "Npgsql")
                    .AddAspNetCoreInstrumentation(options => options.Filter = IsNoProbe)
                    .AddHttpClientInstrumentation())
                .WithLogging()
                .UseOtlpExporter();
        }
    }

    /// <summary>Puts what is measured and <c>/metrics</c> before everything else.</summary>
    public static void UseTelemetry(this WebApplication application)
    {
        if (IsOff(application.Configuration))
        {
            return;
        }

        application.Use(application.Services.GetRequiredService<ReferenceMetrics>().MeasureAsync);
        var access = new MetricsAccess(application.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value);
        application.Use(access.GuardAsync);
        application.UseOpenTelemetryPrometheusScrapingEndpoint(access.IsToBeAnswered);
    }

    /// <summary>Leaves out the meters of other hosts in the process: OpenTelemetry listens to every meter of a name, whoever made
    /// it, so that a host would show the requests of another as its own. A meter that no host made counts for all of them.</summary>
    private static void LeaveOutOtherHosts(MeterProviderBuilder metrics, IMeterFactory own) =>
        metrics.AddView(instrument => instrument.Meter.Scope is IMeterFactory maker && maker != own ? MetricStreamConfiguration.Drop : null);

    private static bool IsOff(IConfiguration configuration) =>
        string.Equals(configuration[Disabled], bool.TrueString, StringComparison.OrdinalIgnoreCase);

    /// <summary>Names the service, unless OpenTelemetry's own setting does.</summary>
    private static void Describe(ResourceBuilder resource, string? configuredName)
    {
        if (string.IsNullOrEmpty(configuredName))
        {
            resource.AddService(ServiceName, serviceVersion: LibraryTelemetry.Version);
        }
    }

    /// <summary>Whether a request is to be traced: probes, under any prefix, come every few seconds and say nothing.</summary>
    internal static bool IsNoProbe(HttpContext context) =>
        !Probes.Any(probe => context.Request.Path.Value?.EndsWith(probe, StringComparison.Ordinal) == true);
}
