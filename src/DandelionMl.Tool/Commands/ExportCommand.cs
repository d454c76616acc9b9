using System.CommandLine;
using System.Globalization;
using DandelionMl.Transfer;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion export</c>: writes the training set out.</summary>
internal static class ExportCommand
{
    public static Command Create(CommonOptions options)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "An empty folder, a new one, or one that an export has begun." };
        var command = new Command(
            "export",
            "Write the training set to a folder: the photos by label, and metadata.csv with labels, the champion's split, hashes and sources. "
            + "'dandelion ingest' and other tools read it. Run it again to go on where it was cut off, or to add what is new.")
        {
            folder,
        };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var target = parseResult.GetRequiredValue(folder).FullName;
            var report = await context.Terminal.WithProgressAsync("Exporting", show => context.Get<TrainingSetExport>().RunAsync(
                target, new Progress<ItemProgress>(progress => show(progress.Completed, progress.Total, null)), cancellationToken)).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return report.Failures.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, ExportReport report)
    {
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Photos} photos of {report.Labels} labels are in {report.Folder}, {report.Written} of them written now; {report.Failures.Count} failed."));
        if (report.OtherFiles > 0)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{report.OtherFiles} other files in it are left alone; {TrainingSetExport.Metadata} does not list them."));
        }

        foreach (var failure in report.Failures)
        {
            console.MarkupLineInterpolated($"[red]{failure.Source}: {failure.Reason}[/]");
        }
    }
}
