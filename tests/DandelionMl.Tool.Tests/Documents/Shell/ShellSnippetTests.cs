using System.Text.RegularExpressions;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Documents.Shell;

/// <summary>Commands that documents show are run, by these tests or by others, or say why they are not.</summary>
public sealed partial class ShellSnippetTests
{
    public static TheoryData<string> Documents => [.. ShellBlock.Documents(Checkout.Path)];

    public static TheoryData<string> DocumentsToRun => [.. ShellBlock.DocumentsFor(ShellRunner.Tool, Checkout.Path)];

    [Theory]
    [MemberData(nameof(DocumentsToRun))]
    public async Task Commands_of_a_document_run_as_they_are_written(string path)
    {
        using var script = new ShellScript(Checkout.Path);
        var network = Path.Combine(script.Home, "mobilenetv2-features.onnx");
        await File.WriteAllBytesAsync(network, ShapedGraphs.Plain("n").ToModel(), TestContext.Current.CancellationToken);

        await script.RunAsync(path, ShellRunner.Tool);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_block_of_a_document_is_run_by_some_tests_or_says_why_not(string path)
    {
        Assert.All(ShellBlock.In(path, Checkout.Path), block => Assert.True(
            (block.Runner is null) != (block.Reason is null),
            $"{block.Place}: '{block.Info}' is not 'serves', 'runs-with: ' and one of {string.Join(", ", ShellRunner.All)}, "
            + "or 'no-run: ' and a reason."));

        // A block without a fence, or of another shell, would slip through.
        var text = File.ReadAllText(Path.Combine(Checkout.Path, path));
        Assert.DoesNotMatch(OtherBlock(), text);
    }

    [Fact]
    public void Each_of_the_tests_that_blocks_name_is_there_once()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Checkout.Path, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText).ToList();

        Assert.All(
            ShellRunner.All,
            runner => Assert.Single(
                sources, text => text.Contains($"DocumentsFor(ShellRunner.{runner}, ", StringComparison.OrdinalIgnoreCase)));
        Assert.All(ShellRunner.All, runner => Assert.NotEmpty(ShellBlock.DocumentsFor(runner, Checkout.Path)));
    }

    [Fact]
    public void Readme_and_getting_started_are_run()
    {
        Assert.Contains("README.md", DocumentsToRun.Select(row => row.Data));
        Assert.Contains("docs/getting-started.md", DocumentsToRun.Select(row => row.Data));
    }

    [Theory]
    [InlineData("", ShellRunner.Tool, false)]
    [InlineData("serves", ShellRunner.Tool, true)]
    [InlineData("runs-with: packages", ShellRunner.Packages, false)]
    [InlineData("serves runs-with: servers", ShellRunner.Servers, true)]
    [InlineData("runs-with: nobody", null, false)]
    [InlineData("runs-with:", null, false)]
    [InlineData("servesruns-with: packages", null, false)]
    [InlineData("no-run: needs a moon", null, false)]
    public void Fence_says_which_tests_run_a_block(string info, string? runner, bool serves)
    {
        var block = new ShellBlock("x.md(1)", info, "true");

        Assert.Equal((runner, serves && runner is not null), (block.Runner, block.Serves));
    }

    [Fact]
    public async Task Run_ends_at_the_first_command_that_fails()
    {
        using var script = new ShellScript(Checkout.Path);

        var (exitCode, output) = await script.RunAsync(
            [new ShellBlock("x.md(1)", "", "dandelion no-such-command"), new ShellBlock("x.md(5)", "", "echo later")]);

        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("later", output, StringComparison.Ordinal);
    }

    /// <summary>An indented block after a paragraph, or a fence of a shell that is not called bash.</summary>
    [GeneratedRegex(@"^[^\s\-\d|].*\n\n {4}\S|^\s*```(console|sh|shell|powershell)\b", RegexOptions.Multiline)]
    private static partial Regex OtherBlock();
}
