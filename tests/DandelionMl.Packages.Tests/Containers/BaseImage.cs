using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests.Containers;

/// <summary>A base image in the place of Microsoft's, which only a network has: the libraries of this machine's Debian packages, the same user and
/// port, no .NET and no shell.</summary>
internal static class BaseImage
{
    /// <summary>What .NET and the natives beside it need.</summary>
    private static readonly string[] Packages = ["libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libssl3*", "libicu[0-9]*", "tzdata"];

    /// <summary>Writes its only layer.</summary>
    /// <param name="path">The layer's file, a tar.</param>
    public static async Task WriteLayerAsync(string path)
    {
        var (code, listed) = await Command.RunAsync("dpkg-query", "/", new Dictionary<string, string?>(), ["-L", .. await InstalledAsync()]);
        Assert.True(code == 0, listed);
        await using var tar = new TarWriter(File.Create(path));
        var folders = new HashSet<string>();
        foreach (var file in listed.Split('\n').Distinct().Where(IsNeeded))
        {
            await AddAsync(tar, folders, file);
        }

        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "etc/passwd")
        {
            DataStream = new MemoryStream("root:x:0:0:root:/root:/sbin/nologin\napp:x:1654:1654::/home/app:/sbin/nologin\n"u8.ToArray()),
        });
    }

    /// <summary>Its configuration.</summary>
    /// <param name="layer">The digest of its layer.</param>
    public static byte[] Configuration(string layer) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        architecture = "amd64",
        os = "linux",
        config = new
        {
            Env = new[] { "PATH=/usr/local/bin:/usr/bin:/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080", "DOTNET_RUNNING_IN_CONTAINER=true" },
        },
        rootfs = new { type = "layers", diff_ids = new[] { layer } },
    }));

    private static async Task<string[]> InstalledAsync()
    {
        var (_, names) = await Command.RunAsync(
            "dpkg-query", "/", new Dictionary<string, string?>(), ["--show", "--showformat", "${db:Status-Status} ${Package}\\n", .. Packages]);
        return [.. names.Split('\n').Where(line => line.StartsWith("installed ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).Distinct()];
    }

    private static bool IsNeeded(string path) =>
        path.StartsWith('/') && !path.StartsWith("/usr/share/doc/", StringComparison.Ordinal) && (File.Exists(path) || IsLinkToFolder(path));

    private static bool IsLinkToFolder(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: not null };

    private static async Task AddAsync(TarWriter tar, HashSet<string> folders, string file)
    {
        var name = file.TrimStart('/');
        for (var at = name.IndexOf('/', StringComparison.Ordinal); at > 0; at = name.IndexOf('/', at + 1))
        {
            if (folders.Add(name[..at]))
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, name[..at] + "/"));
            }
        }

        await tar.WriteEntryAsync(file, name);
    }
}
