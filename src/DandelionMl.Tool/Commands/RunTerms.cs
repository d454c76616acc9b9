using System.CommandLine;
using DandelionMl.Pipelines;

namespace DandelionMl.Tool.Commands;

/// <summary>The options by which a scheduler starts a run, finds it again and ends it.</summary>
internal sealed class RunTerms
{
    public Option<string[]> Steps { get; } = new("--step")
    {
        Description = "A step to do; can be repeated. All steps by default.",
        DefaultValueFactory = _ => [],
    };

    public Option<string?> Key { get; } = new("--key")
    {
        Description = "A key for the run, such as a scheduler's task: the same command finds the run by it, and resumes it if it had failed.",
    };

    public Option<string?> Group { get; } = new("--group")
    {
        Description = "The run cancels the earlier runs of the pipeline that were started with the same group.",
    };

    public Option<int?> Lease { get; } = new("--lease")
    {
        Description = "The run ends with this command: it is cancelled if the command is told to stop, or so many seconds after it died (30 to 3600).",
    };

    public Option<int> SkippedExitCode { get; } = new("--skipped-exit-code")
    {
        Description = "What to end with if the run was skipped, as there was nothing to do, for a scheduler that then skips what follows. Default: 0.",
    };

    public StartTerms Read(ParseResult parseResult) => new()
    {
        Steps = parseResult.GetRequiredValue(Steps) is { Length: > 0 } steps ? steps : null,
        Key = parseResult.GetValue(Key),
        Group = parseResult.GetValue(Group),
        Lease = parseResult.GetValue(Lease) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };
}
