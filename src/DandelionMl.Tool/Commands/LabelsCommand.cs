using System.CommandLine;
using System.Globalization;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Photos;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion labels</c>: the labels of the training set.</summary>
internal static class LabelsCommand
{
    private const int UsualTop = 20;

    public static Command Create(CommonOptions options) => new("labels", "The labels of the training set.") { Check(options) };

    private static Command Check(CommonOptions options)
    {
        var top = new Option<int>("--top")
        {
            Description = $"The most photos to list, 1 to {LabelCheck.MostListed}.",
            HelpName = "N",
            DefaultValueFactory = _ => UsualTop,
        }.RequireBetween(1, LabelCheck.MostListed);
        var command = new Command(
            "check", "List the photos whose labels are likely wrong, the likeliest first; reads kept embeddings and changes nothing.") { top };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var report = await context.Get<LabelCheck>().RunAsync(parseResult.GetValue(top), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, LabelCheckReport report)
    {
        console.WriteLine(report.Why ?? Text(
            $"{report.Checked} photos checked: {report.Flagged} labels are likely wrong (!), the others only rank high."));
        WriteUnchecked(console, report);
        if (report.Photos.Count == 0)
        {
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("", "photo", "label", "likely", "margin", "side", "source");
        foreach (var photo in report.Photos)
        {
            table.AddRow(
                photo.IsFlagged ? "!" : "",
                photo.ImageId.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(Text($"{photo.Label} {photo.LabelProbability:0.00}")),
                Markup.Escape(Text($"{photo.LikelyLabel} {photo.LikelyProbability:0.00}")),
                photo.Margin.ToString("0.00", CultureInfo.InvariantCulture),
                photo.Split == DataSplit.Test ? "test" : "train",
                Markup.Escape(ImageSource.Display(photo.Source)));
        }

        console.Write(table);
    }

    private static void WriteUnchecked(IAnsiConsole console, LabelCheckReport report)
    {
        if (report.Missing > 0)
        {
            console.WriteLine(Text($"{report.Missing} photos are not embedded yet and were not checked."));
        }

        if (report.Alone > 0)
        {
            console.WriteLine(Text($"{report.Alone} photos were not checked because their class has no other photo to compare with."));
        }

        if (report.Kept > 0)
        {
            console.WriteLine(Text($"{report.Kept} labels that somebody looked at and kept are left out."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
