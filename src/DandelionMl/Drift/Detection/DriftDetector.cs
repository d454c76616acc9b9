namespace DandelionMl.Drift.Detection;

/// <summary>Raises an alarm when the photos that a version serves are no longer what they were: less like its training photos, or of other
/// classes than at first. False alarms are rare whenever and however often one looks, see <see cref="EDetector"/>.</summary>
/// <remarks>One half of the evidence is the photos' familiarity: the rank of each among the held-out photos of its class. The other is
/// shared evenly by the classes, each coming more or less often than among the first photos. Where photos are of other classes than the
/// training photos from the start, that is no drift.</remarks>
internal static class DriftDetector
{
    /// <summary>So many photos say what is usual.</summary>
    public const int UsualPhotos = 300;

    /// <summary>So many classes are watched for their share, the most usual ones; each more would make all of them slower to
    /// notice.</summary>
    private const int MostClasses = 50;

    /// <summary>The weight of a photo in the recent mean: the last hundred or so count.</summary>
    private const double RecentWeight = 0.01;

    /// <summary>Takes a photo.</summary>
    /// <param name="state">What is known; changed. With an alarm that stands, nothing more is looked for.</param>
    /// <param name="label">The class that the model gave to it.</param>
    /// <param name="rank">Its familiarity; null if that can't be told.</param>
    /// <param name="threshold">Evidence at which an alarm is raised: the photos that pass, on average, before a false one.</param>
    /// <param name="now">The time, UTC.</param>
    public static void Add(DriftState state, string label, FamiliarityRank? rank, double threshold, DateTimeOffset now)
    {
        state.Photos++;
        if (rank is { } known)
        {
            state.RecentRank = state.RecentRank is { } recent ? recent + (RecentWeight * (known.Value - recent)) : known.Value;
        }

        if (state.Alarm is not null)
        {
            return;
        }

        if (rank is { } familiarity)
        {
            Add(state.Familiarity, familiarity.Value, familiarity.Bound, threshold, now);
        }

        AddShares(state, label, threshold, now);
        if (Evidence(state) >= threshold)
        {
            state.Alarm = Raise(state, now);
        }
    }

    /// <summary>The evidence for a shift: the weighted mean of all detectors.</summary>
    public static double Evidence(DriftState state) => Weighted(state).Sum(stream => stream.Weight * EDetector.Value(stream.Stream.Wealth));

    /// <summary>The evidence as people read it, 0 to 1: its logarithm as a share of that of an alarm; 1 while one stands.</summary>
    public static double EvidenceShare(DriftState state, double threshold) =>
        state.Alarm is null ? Math.Clamp(Math.Log(Math.Max(Evidence(state), 1)) / Math.Log(threshold), 0, 1) : 1;

    /// <summary>Starts to watch anew, as after an alarm that somebody has seen: what comes now is what is usual.</summary>
    public static DriftState Restart(DriftState state, string actor, DateTimeOffset now) =>
        new() { Since = now, RecentRank = state.RecentRank, LastAlarm = state.Alarm, AcknowledgedBy = actor };

    private static void AddShares(DriftState state, string label, double threshold, DateTimeOffset now)
    {
        var usual = state.Usual.Values.Sum();
        if (usual < UsualPhotos)
        {
            state.Usual[label] = state.Usual.GetValueOrDefault(label) + 1;
            if (usual + 1 == UsualPhotos)
            {
                WatchShares(state);
            }

            return;
        }

        foreach (var (watched, more) in state.More)
        {
            var fewer = state.Fewer[watched];
            Add(more, label == watched ? 1 : 0, more.Bound, threshold, now);
            Add(fewer, label == watched ? 0 : 1, fewer.Bound, threshold, now);
        }
    }

    private static void WatchShares(DriftState state)
    {
        var watched = state.Usual.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal).Take(MostClasses);
        foreach (var (label, count) in watched)
        {
            state.More[label] = new DriftStream { Bound = MeanBound.OfShare(count, UsualPhotos) };
            state.Fewer[label] = new DriftStream { Bound = MeanBound.OfShare(UsualPhotos - count, UsualPhotos) };
        }
    }

    private static void Add(DriftStream stream, double score, double bound, double threshold, DateTimeOffset now)
    {
        EDetector.Add(stream.Wealth, score, bound);

        // Half of the evidence that an alarm takes, as its logarithm; less comes and goes without a shift.
        if (stream.QuietAt is null || EDetector.Value(stream.Wealth) < Math.Sqrt(threshold))
        {
            stream.QuietAt = now;
        }
    }

    private static DriftAlarm Raise(DriftState state, DateTimeOffset now)
    {
        var (kind, label, stream, _) = Weighted(state).MaxBy(item => item.Weight * EDetector.Value(item.Stream.Wealth));
        return new DriftAlarm { At = now, Since = stream.QuietAt ?? now, Kind = kind, Label = label, Photos = state.Photos };
    }

    private static IEnumerable<(DriftKind Kind, string? Label, DriftStream Stream, double Weight)> Weighted(DriftState state)
    {
        yield return (DriftKind.Unfamiliar, null, state.Familiarity, 0.5);
        var each = 0.25 / Math.Max(state.More.Count, 1);
        foreach (var (label, stream) in state.More)
        {
            yield return (DriftKind.More, label, stream, each);
        }

        foreach (var (label, stream) in state.Fewer)
        {
            yield return (DriftKind.Fewer, label, stream, each);
        }
    }
}
