namespace DandelionMl.Retraining;

/// <summary>The library's own policy: enough new photos, enough of each class, and not too soon after the last training.</summary>
/// <param name="options">When a retraining is due; null for the defaults.</param>
public sealed class RetrainPolicy(RetrainPolicyOptions? options = null) : IRetrainPolicy
{
    private readonly RetrainPolicyOptions _options = options ?? new RetrainPolicyOptions();

    /// <inheritdoc/>
    public RetrainDecision Decide(RetrainSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var total = situation.NewImages.Values.Sum();
        var (shouldRetrain, reason) = Decide(situation, total);
        return new RetrainDecision(shouldRetrain, reason.ToString(), total, _options.MinimumNewImages, situation.NextCheck) { Why = reason };
    }

    private (bool ShouldRetrain, Reason Reason) Decide(RetrainSituation situation, int total)
    {
        var progress = new Reason("NewPhotos", total, _options.MinimumNewImages);
        if (situation.IsForced)
        {
            return (true, new Reason("Forced", progress));
        }

        if (total < _options.MinimumNewImages)
        {
            return (false, progress);
        }

        var scarce = situation.NewImages.Where(item => item.Value < _options.MinimumNewImagesPerClass)
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => new Reason("ScarceClass", item.Value, item.Key, _options.MinimumNewImagesPerClass))
            .ToList();
        if (scarce.Count > 0)
        {
            return (false, new Reason("Scarce", progress, scarce.Aggregate((first, second) => new Reason("And", first, second))));
        }

        // A training that lies ahead was dated by a clock that was wrong: it holds up none.
        var earliest = situation.LastTrainedAt <= situation.Now ? situation.LastTrainedAt + _options.MinimumInterval : null;
        return situation.Now < earliest
            ? (false, new Reason("TooSoon", progress, earliest.Value, situation.LastTrainedAt!.Value))
            : (true, progress);
    }
}

/// <summary>What an <see cref="IRetrainPolicy"/> decided.</summary>
/// <param name="ShouldRetrain">Whether to train now.</param>
/// <param name="Reason">Why, with the numbers.</param>
/// <param name="NewImages">Number of new photos.</param>
/// <param name="MinimumNewImages">How many are needed; 0 if the policy does not count them.</param>
/// <param name="NextCheck">When the next check is; null if unknown.</param>
public sealed record RetrainDecision(
    bool ShouldRetrain, string Reason, int NewImages, int MinimumNewImages, DateTimeOffset? NextCheck = null)
{
    /// <summary>The reason as a page tells it in its reader's language; one that was changed since has its words alone.</summary>
    internal Reason Why
    {
        get => field?.ToString() == Reason ? field : DandelionMl.Reason.Said(Reason);
        init;
    }

    /// <inheritdoc/>
    public bool Equals(RetrainDecision? other) =>
        other is not null && (ShouldRetrain, Reason, NewImages, MinimumNewImages, NextCheck)
            == (other.ShouldRetrain, other.Reason, other.NewImages, other.MinimumNewImages, other.NextCheck);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ShouldRetrain, Reason, NewImages, MinimumNewImages, NextCheck);
}
