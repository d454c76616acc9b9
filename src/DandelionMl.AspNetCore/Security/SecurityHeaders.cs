using DandelionMl.AspNetCore.Endpoints;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Headers on every answer, errors and files included, that tell browsers what it may not be used for. Where the application has set
/// one itself, its own stands.</summary>
internal static class SecurityHeaders
{
    /// <summary>Data, pictures and files: nothing in them is run, and no other page shows them.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Pages run nothing but files of this host, and are styled by nothing else. Pictures may be in them: of photos not yet sent,
    /// and in the style sheet.</summary>
    private const string PagePolicy =
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The API's own page has styles and fonts in it, and one script with a nonce.</summary>
    private const string ReferencePagePolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; script-src 'self'";

    /// <summary>Sets them when the answer starts, since an error takes away what was set before it, the endpoint too.</summary>
    public static void AddTo(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        context.Response.OnStarting(() =>
        {
            Set(context, endpoint ?? context.GetEndpoint());
            return Task.CompletedTask;
        });
    }

    private static void Set(HttpContext context, Endpoint? endpoint)
    {
        var headers = context.Response.Headers;
        headers.TryAdd(HeaderNames.XContentTypeOptions, "nosniff");
        headers.TryAdd(HeaderNames.ContentSecurityPolicy, Policy(context, endpoint));
        headers.TryAdd(HeaderNames.XFrameOptions, "DENY");
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", "camera=(self), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        if (endpoint?.Metadata.GetMetadata<EndpointRules>() is { IsForAnyone: false })
        {
            headers.TryAdd(HeaderNames.CacheControl, "no-store");
        }
    }

    private static string Policy(HttpContext context, Endpoint? endpoint)
    {
        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true)
        {
            return DataPolicy;
        }

        return endpoint?.Metadata.GetMetadata<ScriptNonce>() is { } nonce
            ? $"{ReferencePagePolicy} 'nonce-{nonce.Find(context)}'"
            : PagePolicy;
    }
}

/// <summary>Of a page with scripts of its own in it: where the nonce is that they bear.</summary>
/// <param name="Find">Gives the nonce of a request; null if it has none.</param>
internal sealed record ScriptNonce(Func<HttpContext, string?> Find);
