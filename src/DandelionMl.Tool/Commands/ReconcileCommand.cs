using System.CommandLine;
using System.Globalization;
using DandelionMl.Reconciliation;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion reconcile</c>: finishes what a crash left half done between store and database.</summary>
internal static class ReconcileCommand
{
    public static Command Create(CommonOptions options)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only report; change nothing." };
        var grace = new Option<TimeSpan>("--grace")
        {
            Description = "Age (h:mm:ss) from which an object without a row, or unfinished work, is deleted.",
            DefaultValueFactory = _ => Reconciler.DefaultGracePeriod,
        };
        var command = new Command("reconcile", "Find and repair differences between the store and the database after a crash.") { dryRun, grace };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var report = await context.Get<Reconciler>().ReconcileAsync(
                parseResult.GetValue(dryRun), parseResult.GetValue(grace), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return report.LostModels.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, ReconciliationReport report)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{report.Orphans.Count} objects without a row{(report.DryRun ? "" : ", deleted")}; {report.LostImages.Count} photos without an object{(report.DryRun ? "" : ", to be fetched by the next 'ingest'")}; {report.Misplaced.Count} photos with an interrupted move{(report.DryRun ? "" : ", finished")}; {report.LostModels.Count} models without an artifact; {report.RecentObjects} recent objects left alone");
        foreach (var key in report.Orphans)
        {
            console.MarkupLineInterpolated($"  without a row: {key}");
        }

        foreach (var image in report.LostImages)
        {
            console.MarkupLineInterpolated($"  without an object: {image.UrlSource} ({image.Key})");
        }

        foreach (var leftover in report.Leftovers)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                $"  {leftover.Kind} of {leftover.Since:u}{(report.DryRun ? "" : ", removed")}: {leftover.Name}");
        }

        foreach (var version in report.LostModels)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  [red]without an artifact: model version {version}[/]");
        }
    }
}
