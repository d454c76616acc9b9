using System.ComponentModel.DataAnnotations;

namespace DandelionMl.Retraining;

/// <summary>When a retraining is due.</summary>
public sealed class RetrainPolicyOptions
{
    /// <summary>Fewest photos that joined the training set since the last training; 10 by default.</summary>
    [Range(1, int.MaxValue)]
    public int MinimumNewImages { get; set; } = 10;

    /// <summary>Fewest of those of each of the model's classes; 0, no such condition, by default.</summary>
    [Range(0, int.MaxValue)]
    public int MinimumNewImagesPerClass { get; set; }

    /// <summary>Shortest time since the last training; none by default.</summary>
    [TimeSpanRange("00:00:00", "3650.00:00:00")]
    public TimeSpan MinimumInterval { get; set; } = TimeSpan.Zero;
}
