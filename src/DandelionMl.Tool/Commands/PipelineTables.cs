using System.Globalization;
using DandelionMl.Pipelines;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary>Pipelines and runs as text for people.</summary>
internal static class PipelineTables
{
    public static void Write(IAnsiConsole console, IReadOnlyList<PipelineInfo> pipelines)
    {
        var table = new Table().AddColumns("pipeline", "", "steps", "parameters", "schedule", "next", "last run");
        foreach (var pipeline in pipelines)
        {
            table.AddRow(Cells(
                pipeline.Id,
                pipeline.Description,
                string.Join(" → ", pipeline.Steps.Select(step => step.Name)),
                string.Join(", ", pipeline.Parameters.Select(parameter => parameter.IsRequired ? parameter.Name : $"[{parameter.Name}]")),
                pipeline.Schedule ?? "",
                pipeline.NextRunAt?.ToString("ddd yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture) ?? "",
                pipeline.LastRun is { } run ? string.Create(CultureInfo.InvariantCulture, $"{run.Id} {Name(run.State)}") : ""));
        }

        console.Write(table);
        foreach (var pipeline in pipelines.Where(pipeline => pipeline.HeldByRun is not null))
        {
            console.WriteLine($"'{pipeline.Id}' waits for a step of run {pipeline.HeldByRun}, which ignored its cancellation and is still running.");
        }
    }

    public static void Write(IAnsiConsole console, IReadOnlyList<PipelineRun> runs)
    {
        var table = new Table().AddColumns("run", "pipeline", "state", "requested", "by", "ended", "");
        foreach (var run in runs)
        {
            table.AddRow(Cells(
                run.Id.ToString(CultureInfo.InvariantCulture),
                run.Pipeline,
                Name(run.State),
                Time(run.CreatedAt),
                string.Join(", ", run.Triggers.Select(Describe)),
                Time(run.FinishedAt),
                run.Reason ?? ""));
        }

        console.Write(table);
    }

    public static void Write(
        IAnsiConsole console, PipelineRun run, IReadOnlyList<PipelineRun> triggered, IReadOnlyList<PipelineLogLine> log)
    {
        Write(console, [run]);
        WriteSteps(console, run);
        foreach (var other in triggered)
        {
            console.WriteLine($"started run {other.Id} of '{other.Pipeline}': {Name(other.State)}");
        }

        foreach (var line in log)
        {
            console.WriteLine($"{Time(line.At)} {line.Step}: {line.Text}");
        }
    }

    public static void Write(IAnsiConsole console, PipelineOutcome outcome)
    {
        foreach (var run in outcome.Triggered.Prepend(outcome.Run))
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"Run [bold]{run.Id}[/] of '{run.Pipeline}': {Name(run.State)}{(run.Reason is null ? "" : $", {run.Reason}")}");
            WriteSteps(console, run);
        }
    }

    private static void WriteSteps(IAnsiConsole console, PipelineRun run)
    {
        var table = new Table().AddColumns("step", "state", "attempt", "started", "ended", "output", "");
        foreach (var step in run.Steps)
        {
            table.AddRow(Cells(
                step.Name,
                step.RetryAt is { } retryAt ? $"{Name(step.State)} until {Time(retryAt)}" : Name(step.State),
                step.Attempt.ToString(CultureInfo.InvariantCulture),
                Time(step.StartedAt),
                Time(step.FinishedAt),
                string.Join(", ", step.Output.Select(item => $"{item.Key} {item.Value}")),
                step.Reason ?? ""));
        }

        console.Write(table);
    }

    private static string Describe(PipelineTrigger trigger) => trigger.Kind switch
    {
        PipelineTriggerKind.Schedule => $"the schedule for {Time(trigger.ScheduledFor)}",
        PipelineTriggerKind.Pipeline => string.Create(CultureInfo.InvariantCulture, $"run {trigger.SourceRunId}"),
        PipelineTriggerKind.Retry => $"{trigger.StartedBy} (retry)",
        _ => trigger.StartedBy ?? "",
    };

    private static string Name(PipelineState state) => state.ToString().ToLowerInvariant();

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string[] Cells(params string[] cells) => [.. cells.Select(Markup.Escape)];
}
