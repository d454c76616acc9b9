using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Tests.Documents.Shell;

namespace DandelionMl.Packages.Tests.Shell;

/// <summary>Commands that documents show to users of the packages, run from the packages alone.</summary>
[Collection(PackedFamily.Collection)]
public sealed class ShellSnippetTests(PackagesUser user) : IClassFixture<PackagesUser>
{
    public static TheoryData<string> DocumentsToRun => [.. ShellBlock.DocumentsFor(ShellRunner.Packages, Checkout.Root)];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public Task Commands_of_a_document_run_as_they_are_written(string path) => user.Script.RunAsync(path, ShellRunner.Packages);

    [Fact]
    public async Task Installed_tool_is_of_the_version_that_was_packed()
    {
        var (code, output) = await user.Script.RunAsync(
            [new ShellBlock("", "", "dotnet tool install --global DandelionMl.Tool\ndandelion --version")]);

        Assert.True(code == 0, output);
        Assert.Contains($"{PackedFamily.Version}+", output, StringComparison.Ordinal);
    }
}
