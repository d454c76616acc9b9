using System.Text.Json.Serialization;

namespace DandelionMl.Registry;

/// <summary>Loss and accuracy of one epoch of a training: one pass of Adam over the training images, or one iteration of logistic
/// regression.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean cross-entropy over the training images, in nats: with Adam each taken before its step, else after the
/// iteration.</param>
/// <param name="Accuracy">Share of training images given their own label, 0 to 1, likewise.</param>
public sealed record EpochMetrics(int Epoch, double Loss, double Accuracy)
{
    /// <summary>Mean cross-entropy over photos held out of the training images, in nats; null where none were: by logistic regression, whose fit ends
    /// at its optimum and not by epochs, and in versions of before this was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HeldOutLoss { get; init; }

    /// <summary>Share of those photos given their own label, 0 to 1; null likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HeldOutAccuracy { get; init; }
}
