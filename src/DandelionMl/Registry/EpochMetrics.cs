namespace DandelionMl.Registry;

/// <summary>Loss and accuracy of one epoch of a training.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean cross-entropy over the training images, in nats, each taken before its step.</param>
/// <param name="Accuracy">Share of training images given their own label, 0 to 1, likewise.</param>
public sealed record EpochMetrics(int Epoch, double Loss, double Accuracy);
