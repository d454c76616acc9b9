namespace DandelionMl.Drift.Detection;

/// <summary>Notices that the mean of a bounded score has risen: an e-detector of the Shiryaev-Roberts kind for bounded means (Shin, Ramdas and
/// Rinaldo 2024, "E-detectors: a nonparametric framework for sequential change detection"), averaged over bets of several sizes.</summary>
/// <remarks>While each score's mean, given those before it, is at most the bound, the value reaches a threshold A after A scores or more on
/// average, whatever the scores' distribution is and however often one looks. So does the average of several such detectors.</remarks>
internal static class EDetector
{
    /// <summary>Shares of the stake: small ones notice small shifts, large ones notice large shifts soon.</summary>
    private static readonly double[] Bets = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8];

    /// <summary>A detector that has seen nothing.</summary>
    public static double[] Start() => new double[Bets.Length];

    /// <summary>Takes a score.</summary>
    /// <param name="wealth">The detector; changed.</param>
    /// <param name="ratio">The score, 0 to 1, divided by the most that its mean is without a shift; or the mean of several such ratios.</param>
    public static void Add(double[] wealth, double ratio)
    {
        for (var index = 0; index < wealth.Length; index++)
        {
            wealth[index] = (wealth[index] + 1) * (1 + (Bets[index] * (ratio - 1)));
        }
    }

    /// <summary>Its value: the evidence for a shift.</summary>
    public static double Value(double[] wealth) => wealth.Average();
}
