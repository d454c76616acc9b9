namespace DandelionMl.Drift.Detection;

/// <summary>Raises an alarm when the photos that a version serves are no longer what they were: less like its training photos, or of other
/// classes than at first. False alarms are rare whenever and however often one looks, see <see cref="EDetector"/>.</summary>
/// <remarks>Photos that come within a short time of one another are one person's, perhaps, and all alike: the mean of such a burst counts as one
/// score. One half of the evidence is the photos' familiarity: the rank of each among the held-out photos of its class. The other is
/// shared evenly by the classes, each coming more or less often than among the first photos. Where photos are of other classes than the
/// training photos from the start, that is no drift.</remarks>
internal static class DriftDetector
{
    /// <summary>So many bursts say what is usual.</summary>
    private const int UsualBursts = 300;

    /// <summary>So many classes are watched for their share, the most usual ones; each more would make all of them slower to
    /// notice.</summary>
    private const int MostClasses = 50;

    /// <summary>The weight of a photo in the recent mean: the last hundred or so count.</summary>
    private const double RecentWeight = 0.01;

    /// <summary>Takes a photo.</summary>
    /// <param name="state">What is known; changed. With an alarm that stands, nothing more is looked for.</param>
    /// <param name="label">The class that the model gave to it.</param>
    /// <param name="rank">Its familiarity; null if that can't be told.</param>
    /// <param name="at">When it came, UTC.</param>
    /// <param name="rules">When an alarm is raised.</param>
    public static void Add(DriftState state, string label, FamiliarityRank? rank, DateTimeOffset at, DriftRules rules)
    {
        EndBurst(state, at, rules);
        state.Photos++;
        var burst = state.Burst ??= new DriftBurst { At = at };
        burst.Labels[label] = burst.Labels.GetValueOrDefault(label) + 1;
        if (burst.Labels.Count == 1 && burst.Labels[label] == 1 && state.More.Count == 0)
        {
            LearnUsual(state, label);
        }

        if (rank is { } known)
        {
            burst.Ranked++;
            burst.RatioSum += known.Value / known.Bound;
            state.RecentRank = state.RecentRank is { } recent ? recent + (RecentWeight * (known.Value - recent)) : known.Value;
        }
    }

    /// <summary>Looks at the last burst, if it is over.</summary>
    public static void EndBurst(DriftState state, DateTimeOffset now, DriftRules rules)
    {
        if (state.Burst is { } burst && now >= burst.At + rules.BurstInterval)
        {
            End(state, burst, rules);
            state.Burst = null;
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

    /// <summary>Counts the burst's first photo, as if it had come alone; then nothing is known yet that it could differ from.</summary>
    private static void LearnUsual(DriftState state, string label)
    {
        state.Usual[label] = state.Usual.GetValueOrDefault(label) + 1;
        if (state.Usual.Values.Sum() == UsualBursts)
        {
            var watched = state.Usual.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal).Take(MostClasses);
            foreach (var (usual, count) in watched)
            {
                state.More[usual] = new DriftStream { Bound = MeanBound.OfShare(count, UsualBursts) };
                state.Fewer[usual] = new DriftStream { Bound = MeanBound.OfShare(UsualBursts - count, UsualBursts) };
            }
        }
    }

    /// <summary>Looks at a burst that is over.</summary>
    private static void End(DriftState state, DriftBurst burst, DriftRules rules)
    {
        if (state.Alarm is not null)
        {
            return;
        }

        if (burst.Ranked > 0)
        {
            Add(state.Familiarity, burst.RatioSum / burst.Ranked, burst.At, rules);
        }

        var photos = (double)burst.Labels.Values.Sum();
        foreach (var (label, more) in state.More)
        {
            var (share, fewer) = (burst.Labels.GetValueOrDefault(label) / photos, state.Fewer[label]);
            Add(more, share / more.Bound, burst.At, rules);
            Add(fewer, (1 - share) / fewer.Bound, burst.At, rules);
        }

        if (Evidence(state) >= rules.Threshold)
        {
            state.Alarm = Raise(state, burst.At);
        }
    }

    private static void Add(DriftStream stream, double ratio, DateTimeOffset at, DriftRules rules)
    {
        EDetector.Add(stream.Wealth, ratio);

        // Half of the evidence that an alarm takes, as its logarithm; less comes and goes without a shift.
        if (stream.QuietAt is null || EDetector.Value(stream.Wealth) < Math.Sqrt(rules.Threshold))
        {
            stream.QuietAt = at;
        }
    }

    private static DriftAlarm Raise(DriftState state, DateTimeOffset at)
    {
        var (kind, label, stream, _) = Weighted(state).MaxBy(item => item.Weight * EDetector.Value(item.Stream.Wealth));
        return new DriftAlarm { At = at, Since = stream.QuietAt ?? at, Kind = kind, Label = label, Photos = state.Photos };
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

/// <summary>When an alarm is raised.</summary>
/// <param name="Threshold">The evidence that it takes: the photos that pass, on average, before a false one.</param>
/// <param name="BurstInterval">Photos that come within this time of the first one are looked at as one.</param>
internal readonly record struct DriftRules(double Threshold, TimeSpan BurstInterval);
