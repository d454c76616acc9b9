namespace DandelionMl.Drift.Explanation;

/// <summary>How the photos that a version serves differ from those that it was tested on.</summary>
internal sealed record DriftExplanation
{
    /// <summary>The first day of the served photos that were compared, UTC, as <c>2026-12-31</c>.</summary>
    public required string FromDay { get; init; }

    /// <summary>Served photos that were compared: a sample.</summary>
    public required int Photos { get; init; }

    /// <summary>Held-out photos that they were compared with.</summary>
    public required int HeldOut { get; init; }

    /// <summary>The squared maximum mean discrepancy: about 0 without a difference.</summary>
    public required double Discrepancy { get; init; }

    /// <summary>The chance of one as large without a difference, 0 to 1.</summary>
    public required double PValue { get; init; }

    /// <summary>Each class that the model gives, the most served photos first.</summary>
    public required IReadOnlyList<ClassShift> Classes { get; init; }

    /// <summary>The served photos that differ most, the one that differs most first.</summary>
    public required IReadOnlyList<UnlikePhoto> MostUnlike { get; init; }
}

/// <summary>How the photos that are given a class differ from the held-out ones that are.</summary>
/// <param name="Label">The class.</param>
/// <param name="Photos">Served photos of the sample.</param>
/// <param name="Share">Their share of the sample, 0 to 1.</param>
/// <param name="HeldOutShare">The class's share of the held-out photos, 0 to 1.</param>
/// <param name="MeanRank">Mean rank by strangeness, 0 to 1, a half without a difference; null if it can't be told.</param>
/// <param name="PValue">The chance of a discrepancy as large within the class without a difference, corrected for the number of classes (Holm
/// 1979); null where there are too few photos.</param>
internal sealed record ClassShift(string Label, int Photos, double Share, double HeldOutShare, double? MeanRank, double? PValue);

/// <summary>A served photo that differs from the held-out ones.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="ImageId">Its row in the catalog; null if the photo was not kept.</param>
/// <param name="Label">The class that it was given.</param>
/// <param name="Probability">The probability of the class, 0 to 1.</param>
/// <param name="Rank">Its rank by strangeness, 0 to 1; null if it can't be told.</param>
/// <param name="At">When it was served, UTC.</param>
internal sealed record UnlikePhoto(string Sha256, long? ImageId, string Label, double Probability, double? Rank, DateTimeOffset At);
