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
}
