namespace DandelionMl.Pipelines.BuiltIn;

/// <summary><c>train</c>: fits a head on all photos there are, and lets the gate decide whether it goes live.</summary>
internal static class TrainPipeline
{
    public const string TrainModel = "train-model";

    public static PipelineDefinition Definition { get; } = new(
        PipelineIds.Train,
        "Trains a model on all photos; it goes live if the gate finds it better.",
        new PipelineStep<TrainModelStep>(TrainModel),
        new PipelineStep<PromotionGateStep>("promotion-gate"));
}
