using System.Text.RegularExpressions;

namespace DandelionMl.Tool.Tests.Documents.Shell;

/// <summary>A block of shell commands in a document.</summary>
/// <param name="Place">The document and the line of the block's first command.</param>
/// <param name="Info">What the fence says beside <c>bash</c>: nothing for commands that end; <c>serves</c> for a server that
/// goes on until the next such block; <c>runs-with: </c> with the tests that run it; <c>no-run: </c> with the reason for commands
/// that nobody can run here.</param>
/// <param name="Commands">The commands.</param>
internal sealed partial record ShellBlock(string Place, string Info, string Commands)
{
    private const string NoRun = "no-run: ";

    public bool Serves => Run().Match(Info).Groups["serves"].Success;

    /// <summary>Why it is not run; null if it is.</summary>
    public string? Reason =>
        Info.StartsWith(NoRun, StringComparison.Ordinal) && Info.Length > NoRun.Length ? Info[NoRun.Length..] : null;

    /// <summary>The tests that run it, of <see cref="ShellRunner.All"/>; null if none do.</summary>
    public string? Runner => Run().Match(Info) is not { Success: true } run ? null
        : run.Groups["runner"] is { Success: true } runner ? ShellRunner.All.FirstOrDefault(name => name == runner.Value)
        : ShellRunner.Tool;

    /// <summary>All documents that show commands to users or contributors, relative to the checkout's root.</summary>
    public static IEnumerable<string> Documents(string root) =>
        [.. MarkdownFiles.ForUsers(root), "CONTRIBUTING.md", "deploy/airflow/README.md", "deploy/helm/dandelion/README.md"];

    /// <summary>The documents with blocks for some tests to run.</summary>
    public static IEnumerable<string> DocumentsFor(string runner, string root) =>
        Documents(root).Where(path => In(path, root).Any(block => block.Runner == runner));

    /// <summary>The blocks of a document, in its order; also those in a comment, which set the scene for what is shown.</summary>
    public static IReadOnlyList<ShellBlock> In(string path, string root)
    {
        const string fence = "```bash";
        var lines = File.ReadAllLines(Path.Combine(root, path));
        List<ShellBlock> blocks = [];
        for (var i = 0; i < lines.Length; i++)
        {
            var begin = lines[i].TrimStart();
            if (begin.StartsWith(fence, StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i + 1, line => line.TrimStart() == "```");
                Assert.True(end > i, $"{path}({i + 1}): the block has no end.");
                var commands = string.Join('\n', lines[(i + 1)..end]);
                blocks.Add(new ShellBlock($"{path}({i + 2})", begin[fence.Length..].Trim(), commands));
                i = end;
            }
        }

        return blocks;
    }

    [GeneratedRegex(@"^(?<serves>serves)?((^| )runs-with: (?<runner>\S+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Run();
}
