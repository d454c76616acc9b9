using System.Globalization;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary>Writes what the gate found for people, in words and numbers.</summary>
internal static class VerdictTable
{
    public static void Write(IAnsiConsole console, GateVerdict verdict)
    {
        console.MarkupLineInterpolated(verdict.Passed
            ? (FormattableString)$"The gate [green]accepted[/] it: {verdict.Summary}"
            : $"The gate [red]rejected[/] it: {verdict.Summary}");
        foreach (var note in verdict.Notes)
        {
            console.MarkupLineInterpolated($"[yellow]{note}[/]");
        }

        var table = new Table().AddColumns("check", "", "value", "limit", "explanation");
        foreach (var check in verdict.Checks)
        {
            table.AddRow(
                Markup.Escape(check.Name), check.Passed ? "[green]passed[/]" : "[red]failed[/]", Number(check.Value), Number(check.Limit),
                Markup.Escape(check.Explanation));
        }

        console.Write(table);
        if (verdict.Comparison is { } comparison)
        {
            Write(console, verdict.ChampionVersion, comparison);
        }
    }

    private static void Write(IAnsiConsole console, int? champion, ModelComparison comparison)
    {
        var table = new Table().AddColumns("class", "compared on", "right", $"version {champion} right", "wins", "losses", "p worse, corrected");
        // Of many classes those that are worse, as the whole is in 'models show --json'.
        var rows = comparison.Classes.Count > MetricsTable.MostClasses
            ? comparison.Classes.OrderBy(item => item.AdjustedWorseP).ThenBy(item => item.WorseP).Take(MetricsTable.MostClasses)
            : comparison.Classes;
        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Label), Number(row.Images), Number(row.CandidateRight), Number(row.ChampionRight), Number(row.Wins),
                Number(row.Losses), Number(row.AdjustedWorseP));
        }

        table.AddRow(
            "all", Number(comparison.Images), Number(comparison.CandidateRight), Number(comparison.ChampionRight), Number(comparison.Wins),
            Number(comparison.Losses), Number(comparison.WorseP));
        console.Write(table);
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
