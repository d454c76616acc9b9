using System.CommandLine;
using System.Globalization;
using DandelionMl.Pipelines.Retention;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion prune</c>: deletes what is kept no longer.</summary>
internal static class PruneCommand
{
    public static Command Create(CommonOptions options)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say which versions would be deleted; change nothing." };
        var rejected = new Option<TimeSpan>("--rejected-for")
        {
            Description = "Delete versions that were rejected longer ago than this (d.hh:mm:ss, a day at least). Default: Gate:RejectedRetention.",
        }.RequireDuration(RejectedVersions.ShortestRetention);
        var command = new Command(
            "prune",
            "Delete old runs, logs and rejected versions of the model. The newest version stays, and so does one with a note. 'dandelion serve' "
            + "does so by itself.")
        {
            dryRun, rejected,
        };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var versions = context.Get<RejectedVersions>();
            var keptFor = parseResult.GetResult(rejected) is null ? versions.Retention : parseResult.GetValue(rejected);
            var isDryRun = parseResult.GetValue(dryRun);
            var report = isDryRun
                ? new Pruned(await versions.FindAsync(keptFor, cancellationToken).ConfigureAwait(false), null, null, isDryRun)
                : await PruneAsync(context, versions, keptFor, cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static async Task<Pruned> PruneAsync(
        CommandContext context, RejectedVersions versions, TimeSpan keptFor, CancellationToken cancellationToken)
    {
        var swept = await context.Get<PipelineSweep>().SweepAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var deleted = await versions.DeleteAsync(keptFor, cancellationToken).ConfigureAwait(false);
        return new Pruned(deleted, swept.Runs, swept.Lines, DryRun: false);
    }

    private static void Write(IAnsiConsole console, Pruned report)
    {
        var versions = report.Versions.Count == 0 ? "none" : string.Join(", ", report.Versions);
        console.WriteLine(report.DryRun ? $"Rejected versions that would be deleted: {versions}." : $"Rejected versions deleted: {versions}.");
        if (!report.DryRun)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Runs deleted: {report.Runs}; lines of logs: {report.LogLines}."));
        }
    }

    private sealed record Pruned(IReadOnlyList<int> Versions, int? Runs, long? LogLines, bool DryRun);
}
