namespace DandelionMl.Registry;

/// <summary>What the promotion gate found of a candidate, with every number it went by. Kept with the version.</summary>
/// <param name="ChampionVersion">The champion that the candidate was compared with; null when there was none.</param>
/// <param name="Checks">What was looked at; a candidate is promoted only if it passes all.</param>
/// <param name="Comparison">How the two did on the same images; null when there was no champion.</param>
public sealed record GateVerdict(int? ChampionVersion, IReadOnlyList<GateCheck> Checks, ModelComparison? Comparison)
{
    /// <summary>What was looked at; a candidate is promoted only if it passes all.</summary>
    public IReadOnlyList<GateCheck> Checks { get; init => field = ValueList<GateCheck>.Of(value); } = ValueList<GateCheck>.Of(Checks);

    /// <summary>Whether the candidate is to be the champion.</summary>
    public bool Passed => Checks.All(check => check.Passed);

    /// <summary>Why, in words: what failed, or what spoke for it.</summary>
    public string Summary => Passed
        ? Checks is [.., var last] ? last.Explanation : ""
        : string.Join("; ", Checks.Where(check => !check.Passed).Select(check => check.Explanation));
}

/// <summary>A condition of the gate.</summary>
/// <param name="Name">What was looked at, such as <c>accuracy</c>.</param>
/// <param name="Passed">Whether the condition holds.</param>
/// <param name="Value">The number found.</param>
/// <param name="Limit">The number it is held against.</param>
/// <param name="Explanation">Both in words.</param>
public sealed record GateCheck(string Name, bool Passed, double Value, double Limit, string Explanation);
