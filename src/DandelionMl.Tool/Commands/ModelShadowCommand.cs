using System.CommandLine;
using System.Globalization;
using DandelionMl.Shadowing;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion models shadow</c>: the version that is asked beside the champion.</summary>
internal static class ModelShadowCommand
{
    public static Command Create(CommonOptions options)
    {
        var version = new Argument<int?>("version")
        {
            Description = "The version to run as the shadow; without it, the command tells how the one that runs compares.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var stop = new Option<bool>("--stop") { Description = "End the shadow; what was counted is kept." };
        var command = new Command(
            "shadow", "Run a version beside the champion on the photos that come, end that, or tell how the two compare.") { version, stop };
        command.Validators.Add(result =>
        {
            if (result.GetValue(stop) && result.GetValue(version) is not null)
            {
                result.AddError("Give a version to start it, or --stop to end the one that runs, not both.");
            }
        });
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            if (parseResult.GetValue(stop))
            {
                var stopped = await context.Get<ShadowSwitch>().StopAsync(cancellationToken).ConfigureAwait(false);
                context.Terminal.WriteResult(new { stopped }, console => console.WriteLine(stopped is null
                    ? "No shadow runs."
                    : string.Create(CultureInfo.InvariantCulture, $"Model version {stopped} is no shadow any more; running hosts end it within seconds.")));
                return ExitCodes.Success;
            }

            if (parseResult.GetValue(version) is { } started)
            {
                await context.Get<ShadowSwitch>().StartAsync(started, Environment.UserName, cancellationToken).ConfigureAwait(false);
                context.Terminal.WriteRemark("Running hosts ask it within seconds.");
            }

            var report = await context.Get<ShadowReader>().FindAsync(cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, ShadowReport? report)
    {
        if (report is null)
        {
            console.WriteLine("No shadow runs.");
            return;
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Version [bold]{report.ShadowVersion}[/] is the shadow of version {report.ChampionVersion}, the champion, since {report.Since:yyyy-MM-dd HH:mm'Z'}, started by {report.StartedBy}.");
        if (report.Failure is { } failure)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]It can't be asked:[/] {failure}");
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, report.AgreementShare is { } share
            ? (FormattableString)$"{report.Compared} answers compared; {report.Agreed} agree, {share:P1}."
            : $"No answer was compared yet.");
        if (report.Classes.Count > 0)
        {
            console.Write(Classes(report));
        }

        var reviewed = report.Reviewed;
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Reviewed photos on which the two differ: the shadow is right on {reviewed.Won}, the champion on {reviewed.Lost}, neither on {reviewed.BothWrong}.");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"E-value that the shadow is better: {reviewed.Better:0.##}; that it is worse: {reviewed.Worse:0.##}; the first to reach {PairedEvidence.Threshold:0} decides.");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{report.Summary}");
    }

    private static Table Classes(ShadowReport report)
    {
        var table = new Table().AddColumns("champion says", "shadow says", "answers");
        foreach (var (champion, shadow, answers) in report.Classes)
        {
            table.AddRow(Markup.Escape(champion), Markup.Escape(shadow), answers.ToString(CultureInfo.InvariantCulture));
        }

        return table;
    }
}
