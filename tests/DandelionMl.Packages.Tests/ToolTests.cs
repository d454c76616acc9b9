using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests;

/// <summary>The command, installed from its package.</summary>
[Collection(PackedFamily.Collection)]
public sealed class ToolTests(PackedFamily family)
{
    private readonly Dictionary<string, string?> _environment = family.UserEnvironment();

    private const long MostBytes = 200 * 1024 * 1024;

    [Fact]
    public void Tool_is_packed_without_libtorch() =>
        Assert.InRange(new FileInfo(Path.Combine(family.Feed, $"DandelionMl.Tool.{PackedFamily.Version}.nupkg")).Length, 1, MostBytes);

    [Fact]
    public async Task Installed_tool_says_its_version_and_serves_the_demo()
    {
        var folder = Directory.CreateDirectory(Path.Combine(family.Folder, "tool")).FullName;
        await Command.DotnetAsync(
            folder, _environment, "tool", "install", "DandelionMl.Tool", "--version", PackedFamily.Version, "--tool-path", folder);
        var dandelion = Path.Combine(folder, OperatingSystem.IsWindows() ? "dandelion.exe" : "dandelion");

        var (code, version) = await Command.RunAsync(dandelion, folder, _environment, "--version");
        Assert.True(code == 0, version);
        Assert.StartsWith(PackedFamily.Version, version, StringComparison.Ordinal);

        await using var demo = await RunningServer.StartAsync(
            dandelion, folder, _environment, "demo", "--data", Path.Combine(folder, "data"), "--urls", "http://127.0.0.1:0");

        Assert.Equal("Healthy", await demo.Client.GetStringAsync("readyz", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Tool_runs_without_being_installed()
    {
        var (code, output) = await Command.RunAsync(
            "dotnet", family.Folder, _environment, "tool", "exec", "--yes", $"DandelionMl.Tool@{PackedFamily.Version}", "--", "--version");

        Assert.True(code == 0, output);
        Assert.Contains(PackedFamily.Version, output, StringComparison.Ordinal);
    }
}
