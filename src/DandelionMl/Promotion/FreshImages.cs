using DandelionMl.Registry;

namespace DandelionMl.Promotion;

/// <summary>What the images say that no gate judged a version on before. They speak first, where they are enough to: the others were used to choose the
/// champion, and after a change of what comes they are of the time before it.</summary>
internal static class FreshImages
{
    /// <summary>The level of each of the two tests, that on the fresh images and that on all: half of the gate's where there are two, so that the
    /// chance of an error by either is at most the gate's (Bonferroni).</summary>
    public static double LevelOf(ModelComparison comparison, double level) => CanTell(comparison, level) ? level / 2 : level;

    /// <summary>Whether the candidate is better on fresh images.</summary>
    public static bool AreBetter(ModelComparison comparison, double level) => CanTell(comparison, level)
        && ExactTest.McNemar(comparison.FreshWins, comparison.FreshLosses) <= level / 2;

    /// <summary>Whether the candidate is worse on fresh images.</summary>
    public static bool AreWorse(ModelComparison comparison, double level) => CanTell(comparison, level)
        && ExactTest.McNemar(comparison.FreshLosses, comparison.FreshWins) <= level / 2;

    /// <summary>Whether there are enough for a difference to be significant, were the candidate right on all and the champion on none.</summary>
    private static bool CanTell(ModelComparison comparison, double level) =>
        comparison.FreshImages > 0 && ExactTest.McNemar(comparison.FreshImages, 0) <= level / 2;
}
