using System.CommandLine;
using System.Globalization;
using DandelionMl.Training.LearningCurves;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion learning-curve</c>: what more photos would bring.</summary>
internal static class LearningCurveCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new Command(
            "learning-curve", "The accuracy by the number of photos that are trained on, and what more photos would bring; of the newest version's photos.");
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var curve = await context.Get<LearningCurveReader>().GetAsync(cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(curve, console => Write(console, curve));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, LearningCurve curve)
    {
        foreach (var (more, gain) in curve.Gains)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{more} more photos: [bold]{Points(gain)}[/]");
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Model version {curve.ModelVersion}: {curve.Photos} distinct photos, {curve.Measured} of them measured."));
        if (curve.LeftOut.Count > 0)
        {
            console.MarkupLineInterpolated($"[yellow]Too few photos to be measured: {string.Join(", ", curve.LeftOut)}.[/]");
        }

        var points = new Table().AddColumns("trained on", "accuracy");
        foreach (var point in curve.Points)
        {
            points.AddRow(point.Photos.ToString(CultureInfo.InvariantCulture), Percent(point.Accuracy));
        }

        points.AddRow(string.Create(CultureInfo.InvariantCulture, $"{curve.Photos} (carried on)"), Percent(curve.Accuracy));
        console.Write(points);
        var classes = new Table().AddColumns("class", "photos", "found", string.Create(CultureInfo.InvariantCulture, $"with {curve.Gains[0].More} more photos"));
        foreach (var item in curve.Classes)
        {
            classes.AddRow(Markup.Escape(item.Label), item.Photos.ToString(CultureInfo.InvariantCulture), Percent(item.Recall), Points(item.Gain));
        }

        console.Write(classes);
        var alone = new Table().AddColumns("more photos of one class alone", "found", "accuracy of all");
        foreach (var (label, own) in curve.Classes.Where(item => item.Own is not null).Select(item => (item.Label, item.Own!)))
        {
            alone.AddRow(Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{own.More} of {label}")), Points(own.Recall), Points(own.Accuracy));
        }

        console.Write(alone);
    }

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Points(Likely gain) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * gain.Value:+0.0;-0.0} points ({100 * gain.Low:+0.0;-0.0} to {100 * gain.High:+0.0;-0.0})");
}
