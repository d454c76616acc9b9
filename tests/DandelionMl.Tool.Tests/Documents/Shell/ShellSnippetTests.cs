using System.Text.RegularExpressions;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Documents.Shell;

/// <summary>Commands that documents show are run, or say why they are not.</summary>
public sealed partial class ShellSnippetTests
{
    public static TheoryData<string> Documents => [.. ShellBlock.Documents()];

    public static TheoryData<string> DocumentsToRun =>
        [.. ShellBlock.Documents().Where(path => ShellBlock.In(path).Any(block => block.Reason is null))];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public async Task Commands_of_a_document_run_as_they_are_written(string path)
    {
        var (exitCode, output) = await ShellScript.RunAsync(ShellBlock.In(path));

        Assert.True(exitCode == 0, $"{path}: exit code {exitCode}\n{output}");
        Assert.Contains("# all done", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_block_of_a_document_is_run_or_says_why_not(string path)
    {
        Assert.All(
            ShellBlock.In(path),
            block => Assert.True(block.IsKnown, $"{block.Place}: '{block.Info}' is not 'serves', or 'no-run: ' and a reason."));

        // A block without a fence, or of another shell, would slip through.
        var text = File.ReadAllText(Path.Combine(Checkout.Path, path));
        Assert.DoesNotMatch(OtherBlock(), text);
    }

    [Fact]
    public void Readme_and_getting_started_are_run()
    {
        Assert.Contains("README.md", DocumentsToRun.Select(row => row.Data));
        Assert.Contains("docs/getting-started.md", DocumentsToRun.Select(row => row.Data));
    }

    [Fact]
    public async Task Run_ends_at_the_first_command_that_fails()
    {
        var (exitCode, output) = await ShellScript.RunAsync(
            [new ShellBlock("x.md(1)", "", "dandelion no-such-command"), new ShellBlock("x.md(5)", "", "echo later")]);

        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("later", output, StringComparison.Ordinal);
    }

    /// <summary>An indented block after a paragraph, or a fence of a shell that is not called bash.</summary>
    [GeneratedRegex(@"^[^\s\-\d|].*\n\n {4}\S|^\s*```(console|sh|shell|powershell)\b", RegexOptions.Multiline)]
    private static partial Regex OtherBlock();
}
