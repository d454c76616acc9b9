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
            Description = "A folder with one subfolder of photos per label, a file manifest.csv of url,label, an export of Label Studio, "
                + "FiftyOne, Azure Custom Vision or COCO, a folder of Hugging Face's with metadata.csv, or the name of a built-in "
                + $"data set ({string.Join(", ", [.. Datasets.BuiltIn, DemoDataset.DatasetName])}).",
        };
        var format = new Option<string?>("--format") { Description = "Its format. Default: what it seems to have." };
        format.AcceptOnlyFromAmong([.. DatasetFormats.Ids]);
        var dryRun = new Option<bool>("--dry-run") { Description = "Count the photos by class, and fetch and change nothing." };
        var command = new Command("ingest", "Ingest labelled photos; photos that are already stored are not fetched again.") { dataset, format, dryRun };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var given = parseResult.GetRequiredValue(dataset);
            var found = parseResult.GetValue(format) is { } id ? DatasetFormats.Open(given, id) : Datasets.Find(given, context.Get<IEnumerable<IDataset>>());
            return parseResult.GetValue(dryRun)
                ? await PreviewAsync(context, found, cancellationToken).ConfigureAwait(false)
                : await IngestAsync(context, found, cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    /// <summary>Ingests with progress.</summary>
    public static Task<IngestionReport> RunAsync(CommandContext context, IDataset dataset, CancellationToken cancellationToken) =>
        context.Terminal.WithProgressAsync($"Ingesting {dataset.Name}", report => context.Get<DatasetIngestor>().IngestAsync(
            dataset, new Progress<ItemProgress>(progress => report(progress.Completed, progress.Total, null)), cancellationToken));

    private static async Task<int> IngestAsync(CommandContext context, IDataset dataset, CancellationToken cancellationToken)
    {
        var report = await RunAsync(context, dataset, cancellationToken).ConfigureAwait(false);
        context.Terminal.WriteResult(report, console => Write(console, report));
        return ExitCode(report.Failures, report.Conflicts);
    }

    private static async Task<int> PreviewAsync(CommandContext context, IDataset dataset, CancellationToken cancellationToken)
    {
        var preview = await context.Get<DatasetIngestor>().PreviewAsync(dataset, cancellationToken).ConfigureAwait(false);
        context.Terminal.WriteResult(preview, console => Write(console, preview));
        return ExitCode(preview.Failures, preview.Conflicts);
    }

    private static int ExitCode(IReadOnlyCollection<IngestionFailure> failures, IReadOnlyCollection<LabelConflict> conflicts) =>
        failures.Count + conflicts.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;

    private static void Write(IAnsiConsole console, IngestionReport report)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[bold]{report.New}[/] new, {report.AlreadyKnown} already known, {report.Duplicates.Count} duplicates, {report.Conflicts.Count} conflicts, {report.Failures.Count} failed");
        WriteItems(console, report.Conflicts, report.Failures, report.Remarks);
        if (report.Failures.Count > 0)
        {
            console.WriteLine("Run the same command again to retry the failed ones; 'dandelion forget' forgets those that never came.");
        }
    }

    private static void Write(IAnsiConsole console, IngestionPreview preview)
    {
        var table = new Table().AddColumn("Class").AddColumn(new TableColumn("To ingest").RightAligned())
            .AddColumn(new TableColumn("Already known").RightAligned());
        foreach (var (label, toIngest, alreadyKnown) in preview.Classes)
        {
            table.AddRow(Markup.Escape(label), Text(toIngest), Text(alreadyKnown));
        }

        table.AddRow(
            "[bold]All[/]", Text(preview.Classes.Sum(item => item.ToIngest)), Text(preview.Classes.Sum(item => item.AlreadyKnown)));
        console.Write(table);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{preview.Conflicts.Count} conflicts, {preview.Failures.Count} failed. Nothing was fetched or changed."));
        WriteItems(console, preview.Conflicts, preview.Failures, preview.Remarks);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void WriteItems(
        IAnsiConsole console, IReadOnlyList<LabelConflict> conflicts, IReadOnlyList<IngestionFailure> failures, IReadOnlyList<string> remarks)
    {
        foreach (var remark in remarks)
        {
            console.MarkupLineInterpolated($"[yellow]{remark}[/]");
        }

        foreach (var conflict in conflicts)
        {
            console.MarkupLineInterpolated($"[yellow]{conflict.Source} as '{conflict.Label}': known as '{conflict.KeptLabel}' ({conflict.KeptSource}); that label is kept[/]");
        }

        foreach (var failure in failures)
        {
            console.MarkupLineInterpolated($"[red]{failure.Source}: {failure.Reason}[/]");
        }
    }
}
