using System.Text.Json.Nodes;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Pipelines;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Pipelines;

/// <summary>What came of a run or a step, which is more than that it ended well: photos may have failed, a model may have been
/// rejected.</summary>
/// <param name="Kind">Its colour, as a class of the badge.</param>
/// <param name="Text">It in words.</param>
internal sealed record Outcome(string Kind, string Text)
{
    private const string Warned = "warned";

    /// <summary>What steps say that they did, beside what failed.</summary>
    private static readonly string[] _works = ["new", "duplicates", "toIngest", "alreadyKnown", "version"];

    public static Outcome Of(PipelineStepRun step, IStringLocalizer<Texts> text) => step switch
    {
        { State: PipelineState.Cancelled, StartedAt: null } => new("none", text["State.NotReached"]),
        { State: PipelineState.Succeeded } when IsRejected(step) => new("refused", text["Outcome.Rejected"]),
        { State: PipelineState.Succeeded } when Failures(step) is > 0 and var failures =>
            new(Done(step) == 0 ? "failed" : Warned, text["Outcome.Failures", failures]),
        _ => new(step.State.ToString().ToLowerInvariant(), text[$"State.{step.State}"]),
    };

    /// <summary>Of a run that succeeded, the worst of its steps.</summary>
    public static Outcome Of(PipelineRun run, IStringLocalizer<Texts> text) => run.State == PipelineState.Succeeded
        && run.Steps.Select(step => Of(step, text)).Where(step => step.Kind is "refused" or "failed" or Warned).MinBy(step => step.Kind == Warned) is { } worst
            ? worst
            : new(run.State.ToString().ToLowerInvariant(), text[$"State.{run.State}"]);

    /// <summary>The model version that came of a run; null if none did.</summary>
    public static int? VersionOf(PipelineRun run) => run.Pipeline == PipelineIds.Train ? (int?)Number(run.Steps[0], "version") : null;

    private static bool IsRejected(PipelineStepRun step) => step.Output["state"] is JsonValue state && state.TryGetValue(out string? said) && said == "rejected";

    private static long Failures(PipelineStepRun step) => Number(step, "failures") ?? 0;

    private static long Done(PipelineStepRun step) =>
        _works.Sum(name => Number(step, name) ?? 0);

    private static long? Number(PipelineStepRun step, string name) =>
        step.Output[name] is JsonValue value && value.TryGetValue(out long number) ? number : null;
}
