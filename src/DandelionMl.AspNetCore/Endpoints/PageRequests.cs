using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Tells requests of browsers for pages from those of programs.</summary>
internal static class PageRequests
{
    /// <summary>Whether the sender can show a page.</summary>
    public static bool AcceptsPage(this HttpRequest request) => request.GetTypedHeaders().Accept.Any(type => type.IsHtml());

    /// <summary>Whether the answer is to be a page: a browser shows it to a person. The API answers with data, whoever asks.</summary>
    public static bool WantsPage(this HttpContext context)
    {
        var mounts = context.RequestServices.GetRequiredService<Mounts>();
        return mounts.Pages is not null
            && context.Request.AcceptsPage()
            && context.GetEndpoint()?.Metadata.GetMetadata<DataOnly>() is null
            && mounts.Api?.Rest(context).StartsWithSegments("/api") is not true;
    }

    // A wildcard is a program's: no browser asks for a page by it alone.
    private static bool IsHtml(this MediaTypeHeaderValue type) =>
        type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && type.Quality is not 0;
}
