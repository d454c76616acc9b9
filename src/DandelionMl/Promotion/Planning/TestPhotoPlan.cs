namespace DandelionMl.Promotion.Planning;

/// <summary>How many test photos it takes until the gate can show that a candidate is better by so much.</summary>
internal sealed record TestPhotoPlan
{
    /// <summary>By how much the candidate's accuracy is higher, in points of a hundred.</summary>
    public required double Gain { get; init; }

    /// <summary>The chance that the gate shows it, 0 to 1.</summary>
    public required double Power { get; init; }

    /// <summary>The level of the gate's test, one-sided: the chance that it takes an equal candidate for better.</summary>
    public required double Level { get; init; }

    /// <summary>Share of photos on which exactly one of the two is right, 0 to 1.</summary>
    public required double Differing { get; init; }

    /// <summary>Where that share comes from.</summary>
    public required DifferingSource DifferingBy { get; init; }

    /// <summary>The version that the test photos are counted of.</summary>
    public required int Version { get; init; }

    /// <summary>Distinct test photos that there are.</summary>
    public required int Present { get; init; }

    /// <summary>Distinct test photos that it takes; null if more than a million.</summary>
    public required int? Needed { get; init; }

    /// <summary>Distinct test photos that are missing; null if it is not known.</summary>
    public int? Missing => Needed is { } needed ? Math.Max(0, needed - Present) : null;

    /// <summary>Photos to label until there are so many, as not all become test photos; null if it is not known.</summary>
    public required int? ToLabel { get; init; }

    /// <summary>The least gain that the present test photos can show with this chance, in points; null if they can show none.</summary>
    public required double? SmallestGain { get; init; }
}

/// <summary>Where the share of photos comes from on which two versions differ.</summary>
internal enum DifferingSource
{
    /// <summary>The last verdicts.</summary>
    Verdicts,

    /// <summary>How often the champion is wrong, as there are no verdicts beside a champion yet.</summary>
    Errors,

    /// <summary>The gain itself, as two versions can't differ on fewer photos.</summary>
    Gain,
}
