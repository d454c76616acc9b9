using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary>Asks for a secret: of a person without echo, of a program by its standard input.</summary>
internal static class SecretPrompt
{
    /// <exception cref="AdminCommandException">The two entries differ, or there is none.</exception>
    public static async Task<string> ReadNewPasswordAsync(string name, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
        {
            return await Console.In.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new AdminCommandException("Standard input has no password.");
        }

        // On standard error: standard output is for results.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var password = await AskAsync(console, $"New password of '{name}':", cancellationToken).ConfigureAwait(false);
        return await AskAsync(console, "Repeat the password:", cancellationToken).ConfigureAwait(false) == password
            ? password
            : throw new AdminCommandException("The two passwords differ; nothing was changed.");
    }

    private static Task<string> AskAsync(IAnsiConsole console, string question, CancellationToken cancellationToken) =>
        new TextPrompt<string>(Markup.Escape(question)).Secret(null).ShowAsync(console, cancellationToken);
}
