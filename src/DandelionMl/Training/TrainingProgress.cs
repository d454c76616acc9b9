namespace DandelionMl.Training;

/// <summary>How far a training is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Completed">Bytes downloaded, images embedded, or epochs trained, so far.</param>
/// <param name="Total">Bytes to download, images to embed, or epochs to train.</param>
/// <param name="Epoch">The epoch just ended; null while embedding.</param>
public sealed record TrainingProgress(TrainingStage Stage, long Completed, long Total, EpochReport? Epoch = null);

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

/// <summary>An epoch of the head's training.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Epochs">How many there are.</param>
/// <param name="Loss">Mean cross-entropy over the training images, in nats, each taken before its step.</param>
/// <param name="Accuracy">Share of training images given their own label, 0 to 1, likewise.</param>
public sealed record EpochReport(int Epoch, int Epochs, double Loss, double Accuracy);
