using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>The files of the pages: styles, scripts, pictures. Each has its content's hash in its address, so that browsers keep it for
/// good and fetch it anew once it changes. Thread-safe.</summary>
internal sealed class PageAssets(IWebHostEnvironment environment)
{
    private const int HashDigits = 12;
    private readonly ConcurrentDictionary<string, string> _versions = new(StringComparer.Ordinal);

    /// <summary>The address of a file.</summary>
    /// <param name="path">Its path below <c>wwwroot</c>, without a slash at the start.</param>
    public string this[string path] => $"/{path}?v={_versions.GetOrAdd(path, Hash)}";

    private string Hash(string path)
    {
        using var content = environment.WebRootFileProvider.GetFileInfo(path).CreateReadStream();
        return Convert.ToHexStringLower(SHA256.HashData(content))[..HashDigits];
    }
}

/// <summary>Serves the files of <see cref="PageAssets"/>.</summary>
internal static class PageFiles
{
    public static void UsePageFiles(this IApplicationBuilder application) => application.UseStaticFiles(new StaticFileOptions
    {
        OnPrepareResponse = Cache,
    });

    private static void Cache(StaticFileResponseContext context)
    {
        // Without a version, as a module imports another: asked again each time, and answered in a word if it is as before.
        var isVersioned = context.Context.Request.Query.ContainsKey("v");
        context.Context.Response.Headers.CacheControl = isVersioned ? "public, max-age=31536000, immutable" : "no-cache";
    }
}
