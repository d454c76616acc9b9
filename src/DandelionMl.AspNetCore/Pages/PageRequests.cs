using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>Tells requests of browsers for pages from those of programs.</summary>
internal static class PageRequests
{
    /// <summary>Whether the answer is to be a page: a browser shows it to a person. The API answers with data, whoever asks.</summary>
    public static bool WantsPage(this HttpRequest request) =>
        !request.Path.StartsWithSegments("/api") && request.GetTypedHeaders().Accept.Any(type => type.IsHtml());

    /// <summary>Where a page may send its reader next.</summary>
    /// <param name="path">What was asked for; anyone may have written it into a link.</param>
    /// <returns>The path if it is one of this host, else <c>/</c>.</returns>
    public static string LocalOrHome(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\') && !path.Any(char.IsControl) ? path : "/";

    // A wildcard is a program's: no browser asks for a page by it alone.
    private static bool IsHtml(this MediaTypeHeaderValue type) =>
        type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && type.Quality is not 0;
}
