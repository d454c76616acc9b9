namespace DandelionMl.Pipelines.BuiltIn;

/// <summary><c>ingest-dataset</c>: rows first, then the photos themselves, then a training.</summary>
internal static class IngestDatasetPipeline
{
    public const string DatasetParameter = "dataset";

    public static PipelineDefinition Definition { get; } = new(
        PipelineIds.IngestDataset,
        "Ingests a data set of labelled photos, then trains.",
        new PipelineStep<InsertUrlsStep>("insert-urls") { Retries = 2 },
        new PipelineStep<ProcessImagesStep>("process-images") { Retries = 2 },
        new PipelineStep("trigger-train", TriggerTrainAsync) { Retries = 2 })
    {
        Parameters =
        [
            new(DatasetParameter, "a folder with one subfolder of photos per label, a file of url,label, or a built-in data set", IsRequired: true),
        ],
    };

    private static Task TriggerTrainAsync(PipelineContext context)
    {
        context.Trigger(PipelineIds.Train);
        return Task.CompletedTask;
    }
}
