using System.Text.RegularExpressions;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Architecture;

/// <summary>Who has the packages alone has no command <c>dandelion</c>: a message that names one says by what member it is done, or whose the
/// command is.</summary>
public sealed partial class MessageTests
{
    /// <summary>The lines around a command that may belong to the same message.</summary>
    private const int Around = 3;

    [Fact]
    public void Messages_of_the_library_name_no_command_alone() => Assert.Empty(
        from path in Directory.EnumerateFiles(Path.Combine(SharedFiles.Checkout, "src", "DandelionMl"), "*.cs", SearchOption.AllDirectories)
        let lines = File.ReadAllLines(path)
        from number in Enumerable.Range(0, lines.Length)
        where lines[number].Contains("'dandelion ", StringComparison.Ordinal)
        let message = string.Join('\n', lines[Math.Max(0, number - Around)..Math.Min(lines.Length, number + Around + 1)])
        where !Literal().Matches(message).Any(literal => MemberOrTool().IsMatch(literal.Value))
        select $"{path}:{number + 1}");

    [GeneratedRegex("""
        "([^"\\]|\\.)*"
        """)]
    private static partial Regex Literal();

    [GeneratedRegex(@"DandelionMl\.Tool|\b[A-Z]\w+\.\w+Async\b")]
    private static partial Regex MemberOrTool();
}
