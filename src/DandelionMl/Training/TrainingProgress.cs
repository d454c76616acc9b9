using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>The progress of a training.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Completed">Bytes downloaded, images embedded, or epochs trained, so far.</param>
/// <param name="Total">Bytes to download, images to embed, or the most epochs there may be.</param>
/// <param name="Epoch">The epoch just ended, an iteration by <see cref="HeadMethod.Logistic"/>; null while embedding.</param>
public sealed record TrainingProgress(TrainingStage Stage, long Completed, long Total, EpochMetrics? Epoch = null);

/// <summary>The stages of a training.</summary>
public enum TrainingStage
{
    /// <summary>The backbone's weights are downloaded.</summary>
    Downloading,

    /// <summary>Images not yet embedded are embedded.</summary>
    Embedding,

    /// <summary>The head is fitted.</summary>
    Fitting,
}
