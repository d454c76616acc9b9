namespace DandelionMl.Pipelines;

/// <summary>The ids of the library's own pipelines.</summary>
public static class PipelineIds
{
    /// <summary>Takes a data set in, then starts <see cref="Train"/>. Parameter <c>dataset</c>.</summary>
    public const string IngestDataset = "ingest-dataset";

    /// <summary>Trains a model on all photos; the gate decides whether it goes live.</summary>
    public const string Train = "train";

    /// <summary>Takes reviewed photos into the training set, once there are enough, then starts <see cref="Train"/>. Saturdays at midnight,
    /// unless configured otherwise.</summary>
    public const string Retrain = "retrain";
}
