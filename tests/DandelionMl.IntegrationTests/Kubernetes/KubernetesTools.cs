using System.Reflection;
using DandelionMl.Tests.Support;

namespace DandelionMl.IntegrationTests.Kubernetes;

/// <summary>Helm 3, Helm 4 and the programs of a cluster, unpacked once; Helm alone may be that of the machine.</summary>
internal static class KubernetesTools
{
    private static readonly Lazy<Task<string>> Unpacked = new(UnpackAsync);

    /// <summary>Where the programs are; the test is skipped where there are none.</summary>
    public static Task<string> FolderAsync()
    {
        SharedFiles.Require("tools/unpack.sh");
        return Unpacked.Value;
    }

    /// <summary>A Helm of a major version, from the tools or from the PATH; the test is skipped where there is neither.</summary>
    /// <param name="major">3 or 4.</param>
    public static async Task<string> HelmAsync(int major)
    {
        if (SharedFiles.Has("tools/unpack.sh"))
        {
            return Path.Combine(await FolderAsync(), $"helm{major}");
        }

        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "helm")).FirstOrDefault(File.Exists);
        var version = found is null ? "" : await Tool.RunAsync(found, "version", "--short");
        Assert.SkipUnless(version.StartsWith($"v{major}.", StringComparison.Ordinal), $"needs Helm {major}, on the PATH or in ../shared/tools");
        return found!;
    }

    private static async Task<string> UnpackAsync()
    {
        var folder = typeof(KubernetesTools).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "KubernetesTools").Value!;
        await Tool.RunAsync(SharedFiles.Require("tools/unpack.sh"), folder);
        return folder;
    }
}
