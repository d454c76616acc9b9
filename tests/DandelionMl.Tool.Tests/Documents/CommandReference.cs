using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DandelionMl.Tool.Commands;

namespace DandelionMl.Tool.Tests.Documents;

/// <summary><c>docs/reference/cli.md</c>, written from the commands themselves.</summary>
internal static partial class CommandReference
{
    /// <summary>The whole page.</summary>
    public static string Write()
    {
        var options = new CommonOptions();
        var root = CommandLine.Create(options);
        var page = new StringBuilder();
        page.Append("# Commands\n\nWhat the command `dandelion` can be asked, with all arguments and options.\n\n")
            .Append("<!-- Written from the commands by CommandReferenceTests; do not edit it by hand. -->\n\n")
            .Append(Text(root.Description)).Append("\n\n## All commands\n\n");
        Rows(page, "option", root.Options.Where(option => option.Recursive && !option.Hidden).Select(Row));
        page.Append("A command that was interrupted, by Ctrl+C or by a power cut, resumes when it is run again.\n\n");
        Rows(page, "exit code", ExitCodeRows(), "what it means");
        foreach (var command in root.Subcommands.Where(command => !command.Hidden))
        {
            Append(page, command, "dandelion", level: 2);
        }

        return page.ToString().TrimEnd('\n') + '\n';
    }

    private static void Append(StringBuilder page, Command command, string parent, int level)
    {
        var name = $"{parent} {command.Name}";
        page.Append(CultureInfo.InvariantCulture, $"{new string('#', level)} {name}\n\n{Text(command.Description)}\n\n");
        var subcommands = command.Subcommands.Where(sub => !sub.Hidden).ToList();
        if (subcommands.Count == 0 || command.Action is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"```text\n{Usage(command, name)}\n```\n\n");
        }

        Rows(page, "argument", command.Arguments.Where(argument => !argument.Hidden).Select(Row));
        Rows(page, "option", command.Options.Where(option => !option.Hidden && !IsHelp(option)).Select(Row));
        foreach (var sub in subcommands)
        {
            Append(page, sub, name, Math.Min(level + 1, 4));
        }
    }

    private static string Usage(Command command, string name)
    {
        var arguments = command.Arguments.Where(argument => !argument.Hidden)
            .Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $"[<{argument.Name}>]" : $"<{argument.Name}>")
            .Select((text, i) => command.Arguments[i].Arity.MaximumNumberOfValues > 1 ? $"{text}..." : text);
        return string.Join(' ', [name, .. arguments, "[options]"]);
    }

    private static (string, string) Row(Argument argument) => ($"`<{argument.Name}>`", Text(argument.Description));

    private static (string, string) Row(Option option)
    {
        var names = string.Join(
            ", ", option.Aliases.Prepend(option.Name).Order(StringComparer.Ordinal).Select(alias => $"`{alias}`"));
        var isFlag = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool);
        var value = (option.HelpName ?? option.Name.TrimStart('-')).Replace("|", " or ", StringComparison.Ordinal);
        return (isFlag ? names : $"{names} `<{value}>`", (option.Required ? "Needed. " : "") + Text(option.Description));
    }

    private static bool IsHelp(Option option) => option.Name is "--help" or "--version";

    private static IEnumerable<(string, string)> ExitCodeRows() =>
    [
        (Code(ExitCodes.Success), "done"),
        (Code(ExitCodes.Failure), "failed; the reason is on standard error"),
        (Code(ExitCodes.Usage), "the command line can't be understood"),
        (Code(ExitCodes.Partial), "done except for some items, which are listed"),
        (Code(ExitCodes.Refused), "trained, but the gate rejected the version; the champion before is still served"),
        (Code(ExitCodes.Cancelled), "interrupted; what was done is kept"),
    ];

    private static string Code(int exitCode) => exitCode.ToString(CultureInfo.InvariantCulture);

    private static void Rows(
        StringBuilder page, string head, IEnumerable<(string Name, string Text)> rows, string says = "what it does")
    {
        var lines = rows.Select(row => $"| {row.Name} | {row.Text} |").ToList();
        if (lines.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {head} | {says} |\n| --- | --- |\n{string.Join('\n', lines)}\n\n");
        }
    }

    /// <summary>A description as Markdown shows it: what looks like a tag or a cell's end is text.</summary>
    private static string Text(string? description) =>
        Special().Replace((description ?? "").ReplaceLineEndings(" "), match => $"\\{match.Value}");

    [GeneratedRegex(@"[<|*_\[]")]
    private static partial Regex Special();
}
