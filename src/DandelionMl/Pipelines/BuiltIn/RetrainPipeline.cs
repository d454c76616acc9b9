using System.Globalization;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary><c>retrain</c>: if there are enough reviewed photos, takes them into the training set, then trains.</summary>
internal static class RetrainPipeline
{
    public const string ForceParameter = "force";

    public static PipelineDefinition Definition { get; } = new(
        PipelineIds.Retrain,
        "Adds reviewed photos to the training set once there are enough, then trains.",
        new PipelineStep<RetrainCheckStep>("check-new-images"),
        new PipelineStep<MoveImagesStep>("move-images"),
        new PipelineStep("trigger-train", TriggerTrainAsync))
    {
        Parameters = [new(ForceParameter, "Train even if the retrain policy says no.") { IsSwitch = true }],
        Schedule = "0 0 * * 6",
    };

    /// <summary>The name that a run claims reviewed photos by.</summary>
    public static string Claimant(PipelineContext context) =>
        string.Create(CultureInfo.InvariantCulture, $"pipeline {context.Pipeline}, run {context.RunId}");

    private static Task TriggerTrainAsync(PipelineContext context)
    {
        context.Trigger(PipelineIds.Train);
        return Task.CompletedTask;
    }
}
