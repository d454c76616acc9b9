using System.CommandLine;
using DandelionMl.AspNetCore.Security.Credentials;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary>What the <c>dandelion admin</c> commands work with: the settings as a host would read them, and the file that is theirs to
/// change.</summary>
internal sealed class AdminContext
{
    private readonly DirectoryInfo? _data;
    private readonly AdminFile _file;

    private AdminContext(DirectoryInfo? data, Terminal terminal)
    {
        (_data, Terminal) = (data, terminal);
        _file = new AdminFile(HostConfiguration.Create(data, settings: null).Build().DataDirectory());
    }

    public Terminal Terminal { get; }

    public static Task<int> RunAsync(ParseResult parseResult, CommonOptions options, Func<AdminContext, Task> command)
    {
        var terminal = new Terminal(parseResult.GetValue(options.Json));
        return terminal.GuardAsync(async () =>
        {
            await command(new AdminContext(parseResult.GetValue(options.Data), terminal)).ConfigureAwait(false);
            return ExitCodes.Success;
        });
    }

    public static string CheckName(string name) =>
        AdminName.IsValid(name) ? name : throw new AdminCommandException($"'{name}' is not a valid name: {AdminName.Rule}");

    /// <summary>The names that stand, whatever source they come from.</summary>
    public IEnumerable<string> Names(string section) => Section(section).GetChildren()
        .Where(item => !string.IsNullOrEmpty(item.Value))
        .Select(item => item.Key)
        .Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keeps a hash in the file, or prints it alone; and prints the key, where one was made.</summary>
    public void Keep(string section, string name, string hash, bool printOnly, string? key)
    {
        var setting = $"{AdminOptions.SectionName}:{section}:{name}".Replace(":", "__", StringComparison.Ordinal);
        if (!printOnly)
        {
            _file.Set(section, name, hash);
            WarnIfOverridden(section, name, hash);
        }

        var keptIn = printOnly ? null : _file.Path;
        Terminal.WriteResult(new { name, key, setting = printOnly ? $"{setting}={hash}" : null, keptIn }, console =>
        {
            // Past the console's own writer, which would break the line at the terminal's width.
            var writer = console.Profile.Out.Writer;
            if (key is not null)
            {
                writer.WriteLine(key);
            }

            writer.WriteLine(printOnly ? $"{setting}={hash}" : $"'{name}' is stored in {keptIn}; running hosts use it at once.");
        });
    }

    public void Remove(string section, string name)
    {
        if (!_file.Remove(section, name))
        {
            throw new AdminCommandException(Names(section).Contains(name, StringComparer.OrdinalIgnoreCase)
                ? $"'{name}' is not in {_file.Path}: it is set by an environment variable or in appsettings.json. Remove it there."
                : $"'{name}' was not found.");
        }

        WarnIfOverridden(section, name, hash: null);
        Terminal.WriteResult(new { name, removed = true }, console => console.MarkupLineInterpolated($"'{name}' was removed."));
    }

    private void WarnIfOverridden(string section, string name, string? hash)
    {
        if (Section(section)[name] != hash)
        {
            Terminal.WriteWarning(
                $"{AdminOptions.SectionName}:{section}:{name} is also set by an environment variable or in appsettings.json, and stays in effect. Remove it there, too.");
        }
    }

    private IConfigurationSection Section(string section)
    {
        var builder = HostConfiguration.Create(_data, settings: null);
        builder.AddAdminFile(Path.GetDirectoryName(_file.Path)!);
        return builder.Build().GetSection($"{AdminOptions.SectionName}:{section}");
    }
}
