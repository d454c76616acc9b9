using System.Text.Json.Serialization;

namespace DandelionMl.Drift.Detection;

/// <summary>What is known of the photos that a version served, as kept in the database. Changed by <see cref="DriftDetector"/>.</summary>
internal sealed class DriftState
{
    /// <summary>Distinct photos seen since the watch began.</summary>
    public long Photos { get; set; }

    /// <summary>When the watch began, UTC: with the version's first photo, or when an alarm was last acknowledged.</summary>
    public required DateTimeOffset Since { get; set; }

    /// <summary>Whether photos look less like the training photos.</summary>
    public DriftStream Familiarity { get; set; } = new();

    /// <summary>The mean rank of the last photos, the latest counting most, 0 to 1; a half without drift. Null before the first.</summary>
    public double? RecentRank { get; set; }

    /// <summary>The burst that is not over yet; null before the first photo.</summary>
    public DriftBurst? Burst { get; set; }

    /// <summary>Bursts by the class of their first photo, of the first bursts, which say what is usual.</summary>
    public Dictionary<string, int> Usual { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Whether photos of a class come more often than usual.</summary>
    public Dictionary<string, DriftStream> More { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Whether photos of a class come less often than usual.</summary>
    public Dictionary<string, DriftStream> Fewer { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The alarm that stands; null if there is none.</summary>
    public DriftAlarm? Alarm { get; set; }

    /// <summary>The alarm before, that was acknowledged when this watch began; null if there was none.</summary>
    public DriftAlarm? LastAlarm { get; set; }

    /// <summary>Who acknowledged it.</summary>
    public string? AcknowledgedBy { get; set; }
}

/// <summary>Photos that came within a short time of one another: often one person's, so that they are looked at as one.</summary>
internal sealed class DriftBurst
{
    /// <summary>When its first photo came, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Its photos by class.</summary>
    public Dictionary<string, int> Labels { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Its photos whose familiarity is known.</summary>
    public int Ranked { get; set; }

    /// <summary>The sum of their ranks, each divided by its bound.</summary>
    public double RatioSum { get; set; }
}

/// <summary>A detector, and since when it may have had something to detect.</summary>
internal sealed class DriftStream
{
    /// <summary>The detector, see <see cref="EDetector"/>.</summary>
    public double[] Wealth { get; set; } = EDetector.Start();

    /// <summary>For a class, the most that the mean of its score is without a shift; unused for familiarity, whose bound comes with each
    /// photo.</summary>
    public double Bound { get; set; } = 1;

    /// <summary>When it last had no evidence worth the name, UTC: a shift began after that. Null before the first photo.</summary>
    public DateTimeOffset? QuietAt { get; set; }
}

/// <summary>An alarm: served photos are no longer what they were.</summary>
internal sealed record DriftAlarm
{
    /// <summary>When it was raised, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>About when the shift began, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>What shifted most.</summary>
    public required DriftKind Kind { get; init; }

    /// <summary>The class that comes more or less often; null where photos became unfamiliar.</summary>
    public required string? Label { get; init; }

    /// <summary>Distinct photos seen when it was raised.</summary>
    public required long Photos { get; init; }
}

/// <summary>What can shift.</summary>
internal enum DriftKind
{
    /// <summary>Photos look less like the training photos.</summary>
    Unfamiliar,

    /// <summary>A class comes more often.</summary>
    More,

    /// <summary>A class comes less often.</summary>
    Fewer,
}

/// <summary>The state as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DriftState))]
internal sealed partial class DriftJson : JsonSerializerContext;
