using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tool.Hosting.Telemetry;

/// <summary>The metrics of the Python system that this one takes over from, by their names, for dashboards that have them already.</summary>
internal sealed class ReferenceMetrics
{
    public const string MeterName = "DandelionMl.Reference";

    /// <summary>The endpoint of requests that none answers: their paths are whatever people send.</summary>
    private const string NoEndpoint = "none";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _views;
    private readonly Counter<long>? _streamlitViews;
    private readonly Counter<long> _clicks;
    private readonly bool _isOn;

    public ReferenceMetrics(IMeterFactory meters, IOptions<TelemetryOptions> options)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("request_count", description: "Requests, by method and endpoint.");
        _latency = meter.CreateHistogram(
            "request_latency", "s", "Time to answer a request, by endpoint.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _views = meter.CreateCounter<long>("page_views", description: "Pages shown.");
        _clicks = meter.CreateCounter<long>("predict_button_clicks", description: "Photos sent from the page to classify.");
        _isOn = options.Value.ReferenceNames;
        if (options.Value.StreamlitName)
        {
            _streamlitViews = meter.CreateCounter<long>("streamlit_page_views", description: "Pages shown.");
        }
    }

    /// <summary>Measures a request.</summary>
    public async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        var startedAt = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            if (_isOn)
            {
                Record(context, Stopwatch.GetElapsedTime(startedAt));
            }
        }
    }

    private void Record(HttpContext context, TimeSpan elapsed)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var endpoint = KeyValuePair.Create("endpoint", (object?)(route is null ? NoEndpoint : $"/{route.TrimStart('/')}"));
        _requests.Add(1, KeyValuePair.Create("method", (object?)Method(context.Request.Method)), endpoint);
        _latency.Record(elapsed.TotalSeconds, endpoint);
        if (IsPage(context))
        {
            _views.Add(1);
            _streamlitViews?.Add(1);
        }
        else if (HttpMethods.IsPost(context.Request.Method) && route?.TrimEnd('s').EndsWith("predict/photo", StringComparison.Ordinal) == true)
        {
            _clicks.Add(1);
        }
    }

    // Methods are what clients send, too.
    private static string Method(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsPatch(method) || HttpMethods.IsOptions(method)
            ? method.ToUpperInvariant()
            : "_OTHER";

    private static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Response.StatusCode == StatusCodes.Status200OK
        && context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true;
}
