using System.Text.Json.Nodes;
using DandelionMl.Registry;

namespace DandelionMl.Pipelines;

/// <summary>What came of a step that succeeded, as the built-in ones leave it in their output.</summary>
internal static class StepOutcome
{
    /// <summary>A number; null if the step left none of that name.</summary>
    public static long? Number(this PipelineStepRun step, string name) =>
        step.Output[name] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    /// <summary>How many of the items that a step worked on failed.</summary>
    public static long Failures(this PipelineStepRun step) => step.Number("failures") ?? 0;

    /// <summary>Whether the gate rejected the model.</summary>
    public static bool IsRejection(this PipelineStepRun step) =>
        step.Output["state"] is JsonValue value && value.TryGetValue(out string? state)
        && string.Equals(state, nameof(ModelState.Rejected), StringComparison.OrdinalIgnoreCase);
}
