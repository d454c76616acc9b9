using System.CommandLine;

namespace DandelionMl.Tool.Commands;

/// <summary>The options that every command takes.</summary>
internal sealed class CommonOptions
{
    public Option<DirectoryInfo?> Data { get; } = new("--data")
    {
        Description = "The data directory. Default: a folder of the current user (on Linux ~/.local/share/dandelionml).",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON document on standard output, without progress.",
        Recursive = true,
    };

    /// <summary>The exit codes that are turned into 0, for engines that know only success and failure.</summary>
    public Option<int[]> Accept { get; } = CreateAccept();

    private static Option<int[]> CreateAccept()
    {
        var accept = new Option<int[]>("--accept")
        {
            Description = $"Exit codes to end with 0 in place of, as {ExitCodes.Partial} or {ExitCodes.Refused}, for a Job of Kubernetes or another engine "
                + "to which all but 0 is a failure; can be repeated.",
            HelpName = $"{ExitCodes.Partial}|{ExitCodes.Refused}",
            Recursive = true,
            DefaultValueFactory = _ => [],
        };
        accept.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value is not ("3" or "4")))
            {
                result.AddError($"--accept is '{token.Value}': {ExitCodes.Partial} (done but for some) or {ExitCodes.Refused} (rejected by the gate) is needed.");
            }
        });
        return accept;
    }
}
