using System.Text.Json;
using DandelionMl.AspNetCore.Endpoints;

namespace DandelionMl.AspNetCore.Pages;

/// <summary><c>/manifest.webmanifest</c>: by it people put the pages on the home screens of their phones. (W3C's Web Application
/// Manifest.)</summary>
internal static class WebManifest
{
    public const string Path = "manifest.webmanifest";

    private const string Icon = "favicon.ico";
    private const string Green = "#28694f";
    private const string Background = "#f7f8f4";

    public static void MapWebManifest(this IEndpointRouteBuilder routes)
    {
        var files = routes.ServiceProvider.GetRequiredService<PageAssets>();
        var open = routes.MapGroup("").ForAnyone().ExcludeFromDescription();
        open.MapGet(Path, () => TypedResults.Bytes(Write(files), "application/manifest+json"));

        // What browsers ask for where no page names an icon, as for an answer of the API or a file. An application's own goes before it.
        if (!routes.ServiceProvider.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider.GetFileInfo(Icon).Exists)
        {
            open.MapGet(Icon, () => new SeeOther(files["img/icon-192.png"]));
        }
    }

    // Addresses in it are below its own, wherever the pages are mapped.
    private static byte[] Write(PageAssets files) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        name = "DandelionMl",
        short_name = "DandelionMl",
        start_url = "predict",
        scope = "./",
        display = "standalone",
        theme_color = Green,
        background_color = Background,
        icons = new[]
        {
            new { src = files["img/logo.svg"], sizes = "any", type = "image/svg+xml" },
            new { src = files["img/icon-192.png"], sizes = "192x192", type = "image/png" },
            new { src = files["img/icon-512.png"], sizes = "512x512", type = "image/png" },
        },
    });
}
