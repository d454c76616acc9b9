using System.Collections.Frozen;
using System.Security.Cryptography;
using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>The files of the pages: styles, scripts, pictures, all of them in this assembly. Each has its content's hash in its address, so
/// that browsers keep it for good and fetch it anew once it changes. Thread-safe.</summary>
internal sealed class PageAssets
{
    private const string Folder = "wwwroot/";
    private const int HashDigits = 12;

    private readonly FrozenDictionary<string, string> _versions = Names().ToFrozenDictionary(
        name => name[Folder.Length..], name => Hash(name), StringComparer.Ordinal);

    /// <summary>Their paths below <c>wwwroot</c>, without a slash at the start.</summary>
    public IEnumerable<string> Paths => _versions.Keys;

    /// <summary>The address of a file, below the address of the pages.</summary>
    /// <param name="path">Its path.</param>
    public string this[string path] => $"{path}?v={Version(path)}";

    /// <summary>The first digits of its content's hash.</summary>
    public string Version(string path) => _versions[path];

    /// <summary>Its content.</summary>
    public static Stream Open(string path) => OpenResource(Folder + path);

    private static IEnumerable<string> Names() => typeof(PageAssets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal));

    private static string Hash(string name)
    {
        using var content = OpenResource(name);
        return Convert.ToHexStringLower(SHA256.HashData(content))[..HashDigits];
    }

    private static Stream OpenResource(string name) => typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
}

/// <summary>Serves the files of <see cref="PageAssets"/>.</summary>
internal static class PageFiles
{
    private static readonly FileExtensionContentTypeProvider _contentTypes = new();

    public static void MapPageFiles(this IEndpointRouteBuilder routes)
    {
        var assets = routes.ServiceProvider.GetRequiredService<PageAssets>();
        var files = routes.MapGroup("").ForAnyone().ExcludeFromDescription();
        foreach (var path in assets.Paths)
        {
            var contentType = _contentTypes.TryGetContentType(path, out var known) ? known : "application/octet-stream";
            var tag = new EntityTagHeaderValue($"\"{assets.Version(path)}\"");
            files.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => Serve(context, path, contentType, tag));
        }
    }

    private static FileStreamHttpResult Serve(HttpContext context, string path, string contentType, EntityTagHeaderValue tag)
    {
        // Without a version, as a module imports another: asked again each time, and answered in a word if it is as before.
        var isVersioned = context.Request.Query.ContainsKey("v");
        context.Response.Headers.CacheControl = isVersioned ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.Stream(PageAssets.Open(path), contentType, entityTag: tag);
    }
}
