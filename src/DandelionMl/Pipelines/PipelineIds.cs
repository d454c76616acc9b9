namespace DandelionMl.Pipelines;

/// <summary>The ids of the library's own pipelines.</summary>
public static class PipelineIds
{
    /// <summary>Takes a data set in, then starts <see cref="Train"/>. Parameter <c>dataset</c>.</summary>
    public const string IngestDataset = "ingest-dataset";

    /// <summary>Trains a model on all photos and registers it.</summary>
    public const string Train = "train";
}
