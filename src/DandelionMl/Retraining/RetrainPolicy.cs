using System.Globalization;

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
        return new RetrainDecision(shouldRetrain, reason, total, _options.MinimumNewImages, situation.NextCheck);
    }

    /// <summary>How far it is to the next retraining; all of the reason, unless there is another.</summary>
    internal static string Progress(int newImages, int needed) =>
        string.Create(CultureInfo.InvariantCulture, $"{newImages} new photos, {needed} needed");

    private (bool ShouldRetrain, string Reason) Decide(RetrainSituation situation, int total)
    {
        var progress = Progress(total, _options.MinimumNewImages);
        if (situation.IsForced)
        {
            return (true, $"forced; {progress}");
        }

        if (total < _options.MinimumNewImages)
        {
            return (false, progress);
        }

        var scarce = situation.NewImages.Where(item => item.Value < _options.MinimumNewImagesPerClass)
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"only {item.Value} of class '{item.Key}', {_options.MinimumNewImagesPerClass} needed"))
            .ToList();
        if (scarce.Count > 0)
        {
            return (false, $"{progress}, but {string.Join(" and ", scarce)}");
        }

        // A training that lies ahead was dated by a clock that was wrong: it holds up none.
        var earliest = situation.LastTrainedAt <= situation.Now ? situation.LastTrainedAt + _options.MinimumInterval : null;
        return situation.Now < earliest
            ? (false, string.Create(
                CultureInfo.InvariantCulture, $"{progress}, but not before {earliest.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC, as the last training was on {situation.LastTrainedAt!.Value.UtcDateTime:yyyy-MM-dd HH:mm}"))
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
    bool ShouldRetrain, string Reason, int NewImages, int MinimumNewImages, DateTimeOffset? NextCheck = null);
