using System.Text.RegularExpressions;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests.Snippets;

/// <summary>A Markdown document of the repository, with the C# blocks that it shows.</summary>
internal sealed partial class Document
{
    private Document(string path, IReadOnlyList<Block> blocks)
    {
        Path = path;
        Blocks = blocks;
    }

    /// <summary>Relative to the repository's root.</summary>
    public string Path { get; }

    public IReadOnlyList<Block> Blocks { get; }

    public static Document Read(string path)
    {
        var lines = File.ReadAllLines(Checkout.PathOf(path));
        List<Block> blocks = [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] != "```csharp")
            {
                continue;
            }

            var end = Array.IndexOf(lines, "```", i);
            Assert.True(end > i, $"{path}({i + 1}): the block has no end.");
            blocks.Add(new Block(path, i + 2, Given(lines, i), string.Join('\n', lines[(i + 1)..end])));
            i = end;
        }

        return new Document(path, blocks);
    }

    /// <summary>The names in a comment such as <c>given: builder, app</c> before the block; in a package's page, whose reader knows no
    /// comments, a link's definition that nothing links to stands for one: <c>[given]: # (builder, app)</c>.</summary>
    private static string[] Given(string[] lines, int fence)
    {
        var above = lines.Take(fence).LastOrDefault(line => line.Length > 0) ?? "";
        return GivenComment().Match(above) is { Success: true } match
            ? match.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
    }

    [GeneratedRegex(@"^(<!-- given: (?<names>.+) -->|\[given\]: # \((?<names>.+)\))$", RegexOptions.ExplicitCapture)]
    private static partial Regex GivenComment();

    /// <summary>A block of C#.</summary>
    /// <param name="Path">The document.</param>
    /// <param name="Line">The line of the document with the block's first line of code.</param>
    /// <param name="Given">The variables that the block takes for granted; none for a whole program.</param>
    /// <param name="Code">The code.</param>
    public sealed record Block(string Path, int Line, IReadOnlyList<string> Given, string Code)
    {
        public bool IsWholeProgram => Given.Count == 0;

        public override string ToString() => $"{Path}({Line})";
    }
}
