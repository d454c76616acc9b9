using System.CommandLine;
using System.Globalization;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tool.Demo;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion ingest</c>: takes labelled photos in.</summary>
internal static class IngestCommand
{
    public static Command Create(CommonOptions options)
    {
        var dataset = new Argument<string>("dataset")
        {
            Description = "A folder with one subfolder of photos per label, a file manifest.csv of url,label, or the name of a built-in "
                + $"data set ({string.Join(", ", [.. Datasets.BuiltIn, DemoDataset.DatasetName])}).",
        };
        var command = new Command("ingest", "Ingest labelled photos; photos that are already stored are not fetched again.") { dataset };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var report = await RunAsync(context, Datasets.Find(parseResult.GetRequiredValue(dataset), context.Get<IEnumerable<IDataset>>()), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return report.Failures.Count + report.Conflicts.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    /// <summary>Ingests with progress.</summary>
    public static Task<IngestionReport> RunAsync(CommandContext context, IDataset dataset, CancellationToken cancellationToken) =>
        context.Terminal.WithProgressAsync($"Ingesting {dataset.Name}", report => context.Get<DatasetIngestor>().IngestAsync(
            dataset, new Progress<ItemProgress>(progress => report(progress.Completed, progress.Total, null)), cancellationToken));

    private static void Write(IAnsiConsole console, IngestionReport report)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[bold]{report.New}[/] new, {report.AlreadyKnown} already known, {report.Duplicates.Count} duplicates, {report.Conflicts.Count} conflicts, {report.Failures.Count} failed");
        foreach (var conflict in report.Conflicts)
        {
            console.MarkupLineInterpolated($"[yellow]{conflict.Source} as '{conflict.Label}': known as '{conflict.KeptLabel}' ({conflict.KeptSource}); that label is kept[/]");
        }

        foreach (var failure in report.Failures)
        {
            console.MarkupLineInterpolated($"[red]{failure.Source}: {failure.Reason}[/]");
        }

        if (report.Failures.Count > 0)
        {
            console.WriteLine("Run the same command again to retry the failed ones.");
        }
    }
}
