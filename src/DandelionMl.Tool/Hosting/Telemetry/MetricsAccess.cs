using System.Net;

namespace DandelionMl.Tool.Hosting.Telemetry;

/// <summary>Who may read <c>/metrics</c>: whoever reaches the port of its own where there is one; else clients on this machine, and none whose
/// request a proxy passed on. To all others there is no such address.</summary>
internal sealed class MetricsAccess(TelemetryOptions options)
{
    public const string Path = "/metrics";

    /// <summary>What proxies add to what they pass on.</summary>
    private static readonly string[] OfProxies = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Original-For", "X-Real-IP", "Via"];

    /// <summary>Whether a request is answered with the metrics.</summary>
    public bool IsToBeAnswered(HttpContext context) => IsAsked(context) && (options.MetricsPort is { } port
        ? context.Connection.LocalPort == port
        : IsFromHere(context));

    /// <summary>Keeps all other addresses off the port of the metrics.</summary>
    public Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Connection.LocalPort == options.MetricsPort && !IsToBeAnswered(context))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private static bool IsAsked(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Path.Equals(Path, StringComparison.Ordinal);

    // By the name, too: a page in a browser on this machine may have its own name stand for this address.
    private static bool IsFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !OfProxies.Any(context.Request.Headers.ContainsKey)
        && (context.Request.Host.Host == "localhost" || (IPAddress.TryParse(context.Request.Host.Host, out var host) && IPAddress.IsLoopback(host)));
}
