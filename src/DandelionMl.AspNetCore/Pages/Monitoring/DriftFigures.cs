using DandelionMl.Drift.Detection;
using DandelionMl.Drift.Explanation;

namespace DandelionMl.AspNetCore.Pages.Monitoring;

/// <summary>What the page shows of drift.</summary>
public sealed class DriftFigures
{
    private readonly DriftState _state;

    internal DriftFigures(int version, DriftState state, double threshold, DriftExplanation? explanation)
    {
        (Version, _state, Explanation) = (version, state, explanation);
        Evidence = DriftDetector.EvidenceShare(state, threshold);
    }

    /// <summary>The champion.</summary>
    public int Version { get; }

    /// <summary>Distinct photos that were looked at.</summary>
    public long Photos => _state.Photos;

    /// <summary>Since when, UTC.</summary>
    public DateTimeOffset Since => _state.Since;

    /// <summary>The evidence for drift, 0 to 1.</summary>
    public double Evidence { get; }

    /// <summary>Mean rank of the last photos by strangeness; null if it can't be told.</summary>
    public double? MeanRank => _state.RecentRank;

    internal DriftAlarm? Alarm => _state.Alarm;

    internal DriftAlarm? LastAlarm => _state.LastAlarm;

    /// <summary>Who acknowledged the last alarm; null if there was none.</summary>
    public string? AcknowledgedBy => _state.AcknowledgedBy;

    internal DriftExplanation? Explanation { get; }

    /// <summary>Whether so few photos came that it is not known yet how often each class usually comes.</summary>
    public bool IsLearning => _state.More.Count == 0;
}
