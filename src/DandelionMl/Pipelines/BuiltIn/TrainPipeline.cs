namespace DandelionMl.Pipelines.BuiltIn;

/// <summary><c>train</c>: fits a head on all photos there are, and registers it as a candidate.</summary>
internal static class TrainPipeline
{
    public static PipelineDefinition Definition { get; } = new(
        PipelineIds.Train, "Trains a model on all photos and registers it.", new PipelineStep<TrainModelStep>("train-model"));
}
