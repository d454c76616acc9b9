using System.CommandLine;
using System.Globalization;
using DandelionMl.LiveAccuracy;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion live-accuracy</c>: how good the served model is on the photos that people send.</summary>
internal static class LiveAccuracyCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new Command("live-accuracy", "How good each model version was on the photos that people sent, by week, from those reviewed at random.");
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var weeks = await context.Get<LiveAccuracyReader>().ListAsync(cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(weeks, console => Write(console, weeks));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<WeekAccuracy> weeks)
    {
        if (weeks.Count == 0)
        {
            console.WriteLine($"No photo that a user sent was kept in the last {LiveAccuracyReader.Weeks} weeks.");
            return;
        }

        var table = new Table().AddColumns("week of", "version", "accuracy", "95 % interval", "reviewed at random", "photos");
        foreach (var (week, version, figure) in weeks)
        {
            table.AddRow(
                week.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                version.ToString(CultureInfo.InvariantCulture),
                figure.Estimate is { } estimate ? Show(estimate.Accuracy) : "",
                figure switch
                {
                    { Estimate: { } known } => $"{Show(known.Low)} to {Show(known.High)}",
                    { Missing: { } missing } => string.Create(CultureInfo.InvariantCulture, $"needs {missing} more reviewed photos picked at random"),
                    _ => "too few photos came",
                },
                figure.Reviewed.ToString(CultureInfo.InvariantCulture),
                figure.Photos.ToString(CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    private static string Show(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
