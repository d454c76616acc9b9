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
        var dryRun = new Option<bool>("--dry-run") { Description = "Only report; change nothing. The default where a large share would change." };
        var yes = new Option<bool>("--yes") { Description = "Repair, also where a large share of the photos or of the store would change." };
        var verify = new Option<bool>("--verify") { Description = "Read all photos and models and compare them with their hashes." };
        var adopt = new Option<bool>("--adopt")
        {
            Description = "Join this store and this database first, as after a restored backup. Another installation on the store is refused then.",
        };
        var grace = new Option<TimeSpan>("--grace")
        {
            Description = "Age (h:mm:ss, 1:00:00 at least) from which an object without a row counts as left behind.",
            DefaultValueFactory = _ => Reconciler.ShortestGracePeriod,
        }.RequireDuration(Reconciler.ShortestGracePeriod);
        var command = new Command("reconcile", "Find and repair differences between the store and the database after a crash.")
        {
            dryRun, yes, verify, adopt, grace,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(dryRun) && result.GetValue(yes))
            {
                result.AddError("--dry-run and --yes exclude each other.");
            }
        });
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var reconciler = context.Get<Reconciler>();
            if (parseResult.GetValue(adopt))
            {
                await reconciler.AdoptAsync(cancellationToken).ConfigureAwait(false);
            }

            bool? isDryRun = parseResult.GetValue(dryRun) ? true : parseResult.GetValue(yes) ? false : null;
            var report = await reconciler.ReconcileAsync(
                isDryRun, parseResult.GetValue(grace), parseResult.GetValue(verify), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            if (report.NeedsConfirmation)
            {
                context.Terminal.WriteWarning(
                    "Nothing was changed: this is a large share. Is it the right database, and is it complete? If so: dandelion reconcile --yes");
                return ExitCodes.Failure;
            }

            return report.LostModels.Count + report.DamagedModels.Count + report.DamagedImages.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, ReconciliationReport report)
    {
        string Done(string what) => report.DryRun ? "" : $", {what}";
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{report.Orphans.Count} objects without a row{Done($"moved to '{Reconciler.AsidePrefix}', kept for 30 days")}; {report.LostImages.Count} photos without an object{Done("to be fetched by the next 'ingest'")}; {report.Misplaced.Count} photos with an interrupted move{Done("finished")}; {report.LostModels.Count} models without an artifact; {report.RecentObjects} recent objects left alone");
        WriteAll(console, "without a row", report.Orphans);
        WriteAll(console, $"in '{Reconciler.AsidePrefix}' and missed{Done("put back")}", report.PutBack);
        WriteAll(console, $"moved aside more than 30 days ago{Done("deleted")}", report.Expired);
        WriteAll(console, $"of an erased photo{Done("deleted")}", report.Erased);
        WriteAll(console, "without an object", report.LostImages.Select(image => $"{image.UrlSource} ({image.Key})"));
        WriteAll(console, "damaged", report.DamagedImages.Select(image => $"{image.UrlSource} ({image.Key})"));
        foreach (var leftover in report.Leftovers)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                $"  {leftover.Kind} of {leftover.Since:u}{Done("removed")}: {leftover.Name}");
        }

        WriteAll(console, "without an artifact", report.LostModels.Select(Version));
        WriteAll(console, "with a damaged artifact", report.DamagedModels.Select(Version));
    }

    private static string Version(int version) => string.Create(CultureInfo.InvariantCulture, $"model version {version}");

    private static void WriteAll(IAnsiConsole console, string what, IEnumerable<string> items)
    {
        foreach (var item in items)
        {
            console.MarkupLineInterpolated($"  {what}: {item}");
        }
    }
}
