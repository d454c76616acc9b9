using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>Serves the files of <see cref="PageAssets"/>, compressed where the browser takes that: nothing in them is secret.</summary>
internal static class PageFiles
{
    private static readonly FileExtensionContentTypeProvider _contentTypes = new();
    private static readonly HttpMethodMetadata _methods = new([HttpMethods.Get, HttpMethods.Head]);

    public static void MapPageFiles(this IEndpointRouteBuilder routes)
    {
        var assets = routes.ServiceProvider.GetRequiredService<PageAssets>();
        var files = routes.MapGroup("").ForAnyone().ExcludeFromDescription();
        foreach (var path in assets.Paths)
        {
            var contentType = _contentTypes.TryGetContentType(path, out var known) ? known : "application/octet-stream";
            var file = assets.Find(path);
            files.Map(path, context => Serve(context, file, contentType).ExecuteAsync(context)).WithMetadata(_methods);
        }
    }

    private static FileContentHttpResult Serve(HttpContext context, PageFile file, string contentType)
    {
        // Without a version, as somebody writes it by hand: asked again each time, and answered in a word if it is as before.
        var headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        var (bytes, encoding) = file.Encode(name => accepted.Any(item => item.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && item.Quality is null or > 0));
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        return TypedResults.File(bytes, contentType, entityTag: new EntityTagHeaderValue($"\"{file.Version}{(encoding is null ? "" : $"-{encoding}")}\""));
    }
}
