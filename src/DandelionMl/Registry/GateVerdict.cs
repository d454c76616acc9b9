namespace DandelionMl.Registry;

/// <summary>The promotion gate's verdict on a candidate, with all the numbers behind it. Stored with the version.</summary>
/// <param name="ChampionVersion">The champion that the candidate was compared with; null when there was none.</param>
/// <param name="Checks">The checks; a candidate is promoted only if it passes all.</param>
/// <param name="Comparison">The two models' results on the same images; null when there was no champion.</param>
public sealed record GateVerdict(int? ChampionVersion, IReadOnlyList<GateCheck> Checks, ModelComparison? Comparison)
{
    /// <summary>The checks; a candidate is promoted only if it passes all.</summary>
    public IReadOnlyList<GateCheck> Checks { get; init => field = ValueList<GateCheck>.Of(value); } = ValueList<GateCheck>.Of(Checks);

    /// <summary>What speaks neither for nor against the candidate but should be known, a sentence each: that test images are
    /// near-duplicates of each other, or that it is right on all of them. None by default.</summary>
    public IReadOnlyList<string> Notes { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Of(Array.Empty<string>());

    /// <summary>Whether the candidate passed all checks.</summary>
    public bool Passed => Checks.All(check => check.Passed);

    /// <summary>The reason in words: which checks failed, or why it passed.</summary>
    public string Summary => Passed
        ? Checks is [.., var last] ? last.Explanation : ""
        : string.Join("; ", Checks.Where(check => !check.Passed).Select(check => check.Explanation));
}

/// <summary>One check of the gate.</summary>
/// <param name="Name">The check's name, such as <c>accuracy</c>.</param>
/// <param name="Passed">Whether the check passed.</param>
/// <param name="Value">The number found.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Explanation">The check in words.</param>
public sealed record GateCheck(string Name, bool Passed, double Value, double Limit, string Explanation)
{
    /// <summary>Which of the check's cases holds, for programs, such as <c>Better</c>; null where there is but one, and in older
    /// verdicts.</summary>
    public string? Case { get; init; }
}
