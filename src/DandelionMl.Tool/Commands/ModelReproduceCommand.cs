using System.CommandLine;
using System.Globalization;
using DandelionMl.Training;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion models reproduce</c>: trains a version again from its lineage and compares.</summary>
internal static class ModelReproduceCommand
{
    public static Command Create(CommonOptions options)
    {
        var version = ModelsCommand.VersionArgument();
        var command = new Command(
            "reproduce", "Train a version again from its exact photos, labels, split and options, and report whether the result is the same; registers nothing.")
        {
            version,
        };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var report = await context.Get<ModelReproduction>().ReproduceAsync(parseResult.GetRequiredValue(version), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(report, console => Write(console, report));
            return report is { WeightsAgree: true, MetricsEqual: true } ? ExitCodes.Success : ExitCodes.Failure;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, ReproductionReport report)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Model version [bold]{report.Version}[/]: weights {(report.WeightsAgree ? "match" : "differ")} (largest difference {report.LargestDifference:0.0e+0}), metrics are {(report.MetricsEqual ? "equal" : "not equal")}.");
        if (report is { WeightsAgree: true, MetricsEqual: true })
        {
            return;
        }

        foreach (var name in report.ReproducedWith.Keys)
        {
            var (then, now) = (report.TrainedWith.GetValueOrDefault(name, "?"), report.ReproducedWith.GetValueOrDefault(name, "?"));
            if (then != now)
            {
                console.MarkupLineInterpolated($"[yellow]{name}: {then} then, {now} now[/]");
            }
        }
    }
}
