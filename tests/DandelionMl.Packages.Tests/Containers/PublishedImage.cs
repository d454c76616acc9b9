using System.Text.Json;
using DandelionMl.Packages.Tests.Containers;
using DandelionMl.Packages.Tests.Support;

[assembly: AssemblyFixture(typeof(PublishedImage))]

namespace DandelionMl.Packages.Tests.Containers;

/// <summary>The image without libtorch, as the SDK publishes it to an archive, and its root filesystem unpacked.</summary>
public sealed class PublishedImage : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelion-image-");
    private readonly Lazy<Task> _published;

    /// <summary>An image that is not published yet.</summary>
    public PublishedImage() => _published = new Lazy<Task>(PublishAsync);

    /// <summary>The root filesystem.</summary>
    internal string Root => Path.Combine(_folder.FullName, "root");

    /// <summary>The archive's bytes.</summary>
    internal long Bytes { get; private set; }

    /// <summary>The image's configuration.</summary>
    internal JsonElement Configuration { get; private set; }

    /// <summary>Deletes it.</summary>
    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Publishes it, once.</summary>
    internal Task PreparedAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/dpkg-query"), "needs Debian's packages, of which it makes a base image");
        return _published.Value;
    }

    private async Task PublishAsync()
    {
        var layer = Path.Combine(_folder.FullName, "layer.tar");
        await BaseImage.WriteLayerAsync(layer);
        await using var registry = await LoopbackRegistry.StartAsync(layer);
        var archive = Path.Combine(_folder.FullName, "image.tar");
        await PackedFamily.BuildAsync(
            [
                "publish", "src/DandelionMl.Tool", "-p:WithTorch=false", "-t:PublishContainer", $"-p:ContainerBaseImage={registry.Image}",
                $"-p:ContainerArchiveOutputPath={archive}",
            ],
            ("DOTNET_CONTAINER_INSECURE_REGISTRIES", registry.Image.Split('/')[0]));
        Bytes = new FileInfo(archive).Length;
        await UnpackAsync(archive);
    }

    private async Task UnpackAsync(string archive)
    {
        var unpacked = Directory.CreateDirectory(Path.Combine(_folder.FullName, "unpacked")).FullName;
        await TarAsync(archive, unpacked);
        File.Delete(archive);

        // An image layout of the Open Container Initiative.
        string Blob(JsonElement of) => Path.Combine(unpacked, "blobs", of.GetProperty("digest").GetString()!.Replace(':', '/'));
        var index = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(unpacked, "index.json")));
        var manifest = JsonElement.Parse(await File.ReadAllBytesAsync(Blob(index.GetProperty("manifests")[0])));
        Configuration = JsonElement.Parse(await File.ReadAllBytesAsync(Blob(manifest.GetProperty("config"))));
        Directory.CreateDirectory(Root);
        foreach (var layer in manifest.GetProperty("layers").EnumerateArray())
        {
            await TarAsync(Blob(layer), Root);
        }

        Directory.Delete(unpacked, recursive: true);
    }

    private static async Task TarAsync(string archive, string folder)
    {
        var (code, output) = await Command.RunAsync("tar", "/", new Dictionary<string, string?>(), "-xf", archive, "-C", folder, "--no-same-owner");
        Assert.True(code == 0, output);
    }
}
