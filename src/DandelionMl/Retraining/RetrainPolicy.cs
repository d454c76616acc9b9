using System.Globalization;

namespace DandelionMl.Retraining;

/// <summary>Decides whether the model is to be trained again, and says why.</summary>
/// <param name="options">When a retraining is worth it; null for the defaults.</param>
public sealed class RetrainPolicy(RetrainPolicyOptions? options = null)
{
    private readonly RetrainPolicyOptions _options = options ?? new RetrainPolicyOptions();

    /// <summary>Decides.</summary>
    /// <param name="newImages">Number of photos that joined the training set since the last training, for every class of the model,
    /// those with none included.</param>
    /// <param name="lastTrainedAt">When the model was last trained; null if never.</param>
    /// <param name="now">The time now.</param>
    /// <param name="force">Whether to train whatever the conditions say.</param>
    /// <param name="nextCheck">When this is asked next, for the reason's text; null if nobody knows.</param>
    public RetrainDecision Decide(
        IReadOnlyDictionary<string, int> newImages,
        DateTimeOffset? lastTrainedAt,
        DateTimeOffset now,
        bool force = false,
        DateTimeOffset? nextCheck = null)
    {
        ArgumentNullException.ThrowIfNull(newImages);
        var total = newImages.Values.Sum();
        var (shouldRetrain, reason) = Decide(newImages, total, lastTrainedAt, now, force);
        if (!shouldRetrain && nextCheck is { } next)
        {
            reason += string.Create(CultureInfo.InvariantCulture, $"; next check {next.UtcDateTime:dddd yyyy-MM-dd HH:mm} UTC");
        }

        return new RetrainDecision(shouldRetrain, reason, total, _options.MinimumNewImages, nextCheck);
    }

    private (bool ShouldRetrain, string Reason) Decide(
        IReadOnlyDictionary<string, int> newImages, int total, DateTimeOffset? lastTrainedAt, DateTimeOffset now, bool force)
    {
        var progress = string.Create(CultureInfo.InvariantCulture, $"{total} of {_options.MinimumNewImages} new photos");
        if (force)
        {
            return (true, $"forced; {progress}");
        }

        if (total < _options.MinimumNewImages)
        {
            return (false, progress);
        }

        var scarce = newImages.Where(item => item.Value < _options.MinimumNewImagesPerClass)
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Value} of {_options.MinimumNewImagesPerClass} of class '{item.Key}'"))
            .ToList();
        if (scarce.Count > 0)
        {
            return (false, $"{progress}, but {string.Join(" and ", scarce)}");
        }

        var earliest = lastTrainedAt + _options.MinimumInterval;
        return now < earliest
            ? (false, string.Create(
                CultureInfo.InvariantCulture, $"{progress}, but not before {earliest.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {_options.MinimumInterval} after the last training"))
            : (true, progress);
    }
}

/// <summary>What a <see cref="RetrainPolicy"/> decided.</summary>
/// <param name="ShouldRetrain">Whether to train now.</param>
/// <param name="Reason">Why, with the numbers.</param>
/// <param name="NewImages">Number of new photos.</param>
/// <param name="MinimumNewImages">How many it takes.</param>
/// <param name="NextCheck">When this is asked next; null if nobody knows.</param>
public sealed record RetrainDecision(
    bool ShouldRetrain, string Reason, int NewImages, int MinimumNewImages, DateTimeOffset? NextCheck = null);
