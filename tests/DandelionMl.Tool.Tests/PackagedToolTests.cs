using System.Diagnostics;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

/// <summary>The command as users get it: packed, installed from a feed, and run once without an installation.</summary>
public sealed class PackagedToolTests
{
    private const long MostBytes = 80 * 1024 * 1024;

    [Fact]
    public async Task Tool_is_packed_without_libtorch_and_runs_from_a_feed()
    {
        using var folder = new TempFolder();
        var project = Path.Combine(Checkout.Path, "src", "DandelionMl.Tool");
        await RunAsync(folder, "dotnet", "pack", project, "--configuration", "Release", "--output", folder["feed"], "-v", "quiet", "-nologo");
        var package = new FileInfo(Assert.Single(Directory.EnumerateFiles(folder["feed"], "*.nupkg")));
        Assert.InRange(package.Length, 1, MostBytes);

        var sources = folder["nuget.config"];
        await File.WriteAllTextAsync(
            sources,
            $"<configuration><packageSources><clear/><add key=\"feed\" value=\"{folder["feed"]}\"/></packageSources></configuration>",
            TestContext.Current.CancellationToken);
        await RunAsync(folder, "dotnet", "tool", "install", "DandelionMl.Tool", "--tool-path", folder["tools"], "--configfile", sources);
        await RunAsync(folder, Path.Combine(folder["tools"], "dandelion"), "demo", "--no-serve", "--data", folder["data"]);

        // What dnx does.
        var version = package.Name["DandelionMl.Tool.".Length..^".nupkg".Length];
        var listed = await RunAsync(
            folder, "dotnet", "tool", "exec", $"DandelionMl.Tool@{version}", "--configfile", sources, "--yes", "--", "models", "list", "--json", "--data", folder["data"]);
        Assert.Contains("\"champion\"", listed, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(TempFolder folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = folder.Path };

        // Installed packages go nowhere but the folder; what is packed is restored as ever.
        if (arguments is not ["pack", ..])
        {
            start.Environment["NUGET_PACKAGES"] = folder["packages"];
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode} {output}");
        return output;
    }
}
