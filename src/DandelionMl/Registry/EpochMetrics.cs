namespace DandelionMl.Registry;

/// <summary>Loss and accuracy of one epoch of a training: one pass of Adam over the training images, or one iteration of logistic
/// regression.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean cross-entropy over the training images, in nats: with Adam each taken before its step, else after the
/// iteration.</param>
/// <param name="Accuracy">Share of training images given their own label, 0 to 1, likewise.</param>
public sealed record EpochMetrics(int Epoch, double Loss, double Accuracy);
