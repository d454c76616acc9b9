using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests;

/// <summary>The command as README runs it from a checkout, by <c>dotnet run</c>.</summary>
public sealed class ToolFromSourceTests
{
    [Fact]
    public async Task Relative_paths_begin_where_the_command_is_typed()
    {
        var output = await Command.DotnetAsync(
            Checkout.Root, new Dictionary<string, string?>(), "msbuild", "src/DandelionMl.Tool/DandelionMl.Tool.csproj",
            "-getProperty:RunWorkingDirectory");

        Assert.Equal("", output.Trim());
    }
}
