using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Packages.Tests.Containers;

/// <summary>A registry on loopback that has one image, by the distribution specification of the Open Container Initiative: what it takes to
/// pull it.</summary>
internal sealed class LoopbackRegistry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    private readonly WebApplication _application;

    private LoopbackRegistry(WebApplication application) => _application = application;

    /// <summary>The image's name, with the registry's address.</summary>
    public string Image => $"{new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority}/base:1";

    /// <summary>Starts it.</summary>
    /// <param name="layer">The file of the image's only layer, a tar.</param>
    public static async Task<LoopbackRegistry> StartAsync(string layer)
    {
        await using var content = File.OpenRead(layer);
        var layerDigest = Digest(await SHA256.HashDataAsync(content));
        var configuration = BaseImage.Configuration(layerDigest);
        var configurationDigest = Digest(SHA256.HashData(configuration));
        var manifest = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = new { mediaType = "application/vnd.oci.image.config.v1+json", digest = configurationDigest, size = configuration.Length },
            layers = new[] { new { mediaType = "application/vnd.oci.image.layer.v1.tar", digest = layerDigest, size = content.Length } },
        }));

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var application = builder.Build();
        application.UseRouting();
        application.MapGet("/v2/", () => "");
        application.MapMethods("/v2/base/manifests/{reference}", ["GET", "HEAD"], (HttpResponse response) =>
        {
            response.Headers["Docker-Content-Digest"] = Digest(SHA256.HashData(manifest));
            return Results.Bytes(manifest, ManifestType);
        });
        application.MapMethods("/v2/base/blobs/{digest}", ["GET", "HEAD"], (string digest) =>
            digest == layerDigest ? Results.File(Path.GetFullPath(layer), "application/octet-stream")
            : digest == configurationDigest ? Results.Bytes(configuration, "application/octet-stream")
            : Results.NotFound());
        await application.StartAsync();
        return new LoopbackRegistry(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static string Digest(byte[] hash) => $"sha256:{Convert.ToHexStringLower(hash)}";
}
