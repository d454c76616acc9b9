namespace DandelionMl.Retraining;

/// <summary>What a retrain policy bases its decision on.</summary>
public sealed class RetrainSituation
{
    /// <summary>Number of photos that joined the training set since the last training, for every class of the model, those with none
    /// included.</summary>
    public required IReadOnlyDictionary<string, int> NewImages { get; init; }

    /// <summary>When the model was last trained; null, the default, for never.</summary>
    public DateTimeOffset? LastTrainedAt { get; init; }

    /// <summary>The time now.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether to train even if the conditions are not met; false by default.</summary>
    public bool IsForced { get; init; }

    /// <summary>When the next check is; null, the default, if unknown.</summary>
    public DateTimeOffset? NextCheck { get; init; }
}
