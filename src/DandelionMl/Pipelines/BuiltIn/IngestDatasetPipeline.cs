using DandelionMl.Catalog.Ingestion;

namespace DandelionMl.Pipelines.BuiltIn;

/// <summary><c>ingest-dataset</c>: rows first, then the photos themselves, then a training.</summary>
internal static class IngestDatasetPipeline
{
    public const string DatasetParameter = "dataset";

    /// <summary>Set for each run that is started over HTTP, so that whichever process runs it knows.</summary>
    public const string RemoteParameter = "remote";

    private const string InsertUrls = "insert-urls";

    public static PipelineDefinition Definition { get; } = new(
        PipelineIds.IngestDataset,
        "Ingests a data set of labelled photos, then trains.",
        new PipelineStep<InsertUrlsStep>(InsertUrls) { Retries = 2 },
        new PipelineStep<ProcessImagesStep>("process-images") { Retries = 2 },
        new PipelineStep("trigger-train", TriggerTrainAsync) { Retries = 2 })
    {
        Parameters =
        [
            new(DatasetParameter, "a folder with one subfolder of photos per label, a file of url,label, or a built-in data set", IsRequired: true),
            new(RemoteParameter, "Fetch only what a run started over HTTP may: public addresses, files in allowed folders. Always set over HTTP.")
            {
                IsSwitch = true,
            },
        ],
    };

    /// <summary>The data set that a run is for, and where its photos may come from. Over HTTP a name means what has that name, not a folder
    /// that happens to be called so.</summary>
    public static (IDataset Dataset, SourceRules Rules) Read(PipelineContext context, IEnumerable<IDataset> named, DatasetIngestor ingestor)
    {
        var dataset = context.Parameters[DatasetParameter];
        var isRemote = bool.TryParse(context.Parameters.GetValueOrDefault(RemoteParameter), out var value) && value;
        return ((isRemote ? Datasets.FindNamed(dataset, named) : null) ?? Datasets.Find(dataset, named), ingestor.RulesFor(isRemote));
    }

    /// <summary>How many photos no row could be made for.</summary>
    public static int FailuresBefore(PipelineContext context) => (int?)context.OutputOf(InsertUrls)[InsertUrlsStep.Failures] ?? 0;

    private static Task TriggerTrainAsync(PipelineContext context)
    {
        context.Trigger(PipelineIds.Train);
        return Task.CompletedTask;
    }
}
