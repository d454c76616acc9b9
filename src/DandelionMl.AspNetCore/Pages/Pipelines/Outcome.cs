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
    private static readonly string[] _works = ["new", "duplicates", "toIngest", "alreadyKnown", "moved", "version"];

    public static Outcome Of(PipelineStepRun step, IStringLocalizer<Texts> text) => step switch
    {
        { State: PipelineState.Cancelled, StartedAt: null } => new("none", text["State.NotReached"]),
        { State: PipelineState.Succeeded } when step.IsRejection() => new("refused", text["Outcome.Rejected"]),
        { State: PipelineState.Succeeded } when step.Failures() is > 0 and var failures =>
            new(Done(step) == 0 ? "failed" : Warned, text["Outcome.Failures", failures]),
        _ => new(step.State.ToString().ToLowerInvariant(), text[$"State.{step.State}"]),
    };

    /// <summary>Of a run that ended well, or had nothing more to do, the worst of its steps.</summary>
    public static Outcome Of(PipelineRun run, IStringLocalizer<Texts> text) => run.IsSuccess
        && run.Steps.Select(step => Of(step, text)).Where(step => step.Kind is "refused" or "failed" or Warned).MinBy(step => step.Kind == Warned) is { } worst
            ? worst
            : new(run.State.ToString().ToLowerInvariant(), text[$"State.{run.State}"]);

    /// <summary>The model version that came of a run; null if none did.</summary>
    public static int? VersionOf(PipelineRun run) => run.Pipeline == PipelineIds.Train ? (int?)run.Steps[0].Number("version") : null;

    private static long Done(PipelineStepRun step) =>
        _works.Sum(name => step.Number(name) ?? 0);
}
