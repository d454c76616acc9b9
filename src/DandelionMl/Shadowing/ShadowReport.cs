namespace DandelionMl.Shadowing;

/// <summary>How the shadow compares with the champion so far.</summary>
internal sealed record ShadowReport
{
    /// <summary>The shadow's version.</summary>
    public required int ShadowVersion { get; init; }

    /// <summary>The champion's version.</summary>
    public required int ChampionVersion { get; init; }

    /// <summary>Since when the shadow runs, UTC. What is counted is of these two versions, earlier runs included.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Who started it.</summary>
    public required string StartedBy { get; init; }

    /// <summary>Why the shadow can't be asked, as its artifact is lost or damaged; null where all is well.</summary>
    public required string? Failure { get; init; }

    /// <summary>Answers to the same photos that were compared; a photo that was sent twice counts twice.</summary>
    public required long Compared { get; init; }

    /// <summary>Those in which the two agree.</summary>
    public required long Agreed { get; init; }

    /// <summary>Share of those in which the two agree, 0 to 1; null before the first.</summary>
    public double? AgreementShare => Compared == 0 ? null : (double)Agreed / Compared;

    /// <summary>Answers by the class that each gave, the most frequent first.</summary>
    public required IReadOnlyList<ShadowClasses> Classes { get; init; }

    /// <summary>What people found on the reviewed photos on which the two differ.</summary>
    public required PairedEvidence Reviewed { get; init; }

    /// <summary>What that says, for people.</summary>
    public string Summary => Reviewed.Verdict switch
    {
        PairedVerdict.Better => $"Version {ShadowVersion} is right more often than version {ChampionVersion} on the photos on which they differ. If it were not, this would be said in at most 1 of 20 cases.",
        PairedVerdict.Worse => $"Version {ShadowVersion} is right less often than version {ChampionVersion} on the photos on which they differ. If it were not, this would be said in at most 1 of 20 cases.",
        _ => $"It can't be told yet which of the two is better: review more photos on which they differ. They come first in the review.",
    };
}

/// <summary>Answers of the two to the same photos, of one class each.</summary>
/// <param name="Champion">The class that the champion gave.</param>
/// <param name="Shadow">The class that the shadow gave.</param>
/// <param name="Answers">How many.</param>
internal sealed record ShadowClasses(string Champion, string Shadow, long Answers);
