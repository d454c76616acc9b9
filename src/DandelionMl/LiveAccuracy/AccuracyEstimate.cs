using DandelionMl.Promotion;

namespace DandelionMl.LiveAccuracy;

/// <summary>The accuracy of a model on photos of which a random part was reviewed, with an interval that holds it 19 times in 20.</summary>
/// <remarks>
/// <para>By prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic 2023): what the model itself believes of the many
/// photos that nobody reviewed, put right by how far it was wrong about those that somebody did. How much the beliefs count is learned from the
/// reviewed photos (PPI++, Angelopoulos, Duchi and Zrnic 2023): beliefs that tell nothing count nothing.</para>
/// <para>What they save is said in photos: how many reviewed ones would tell as much without them. The interval is that of Clopper and Pearson
/// (1934) for so many photos, as Korn and Graubard (1998) have it for surveys, which holds where a normal one does not: for few photos, and for
/// an accuracy near 1. So that a few lucky reviews do not pass for a saving, the correlation behind it is taken one standard error lower (Fisher
/// 1921), and with fewer than <see cref="FewestOfEach"/> right or wrong answers there is none. Measured by <c>benchmarks honesty accuracy</c>.</para>
/// </remarks>
/// <param name="Accuracy">The share of right answers, 0 to 1.</param>
/// <param name="Low">The interval's lower end, 0 to 1.</param>
/// <param name="High">The interval's upper end, 0 to 1.</param>
/// <param name="EffectivePhotos">How many reviewed photos would tell as much without the model's beliefs.</param>
internal sealed record AccuracyEstimate(double Accuracy, double Low, double High, double EffectivePhotos)
{
    /// <summary>The fewest usable reviewed photos that a figure is told from.</summary>
    public const int FewestReviewed = 10;

    // The fewest right and wrong answers that a correlation is told from.
    private const int FewestOfEach = 5;

    // Chance that the accuracy is beyond one end of the interval.
    private const double Level = 0.025;

    /// <summary>Estimates.</summary>
    /// <param name="reviewed">The photos that were drawn at random and reviewed, at least one of them usable.</param>
    /// <param name="others">All other photos of the same time.</param>
    public static AccuracyEstimate Of(IReadOnlyList<ReviewedAnswer> reviewed, OtherAnswers others)
    {
        var right = reviewed.Count(answer => answer.IsRight == true);
        var usable = reviewed.Count(answer => answer.IsRight is not null);
        var share = (double)right / usable;
        if (Math.Min(right, usable - right) < FewestOfEach || others.Count == 0)
        {
            return Within(share, usable);
        }

        // A photo that nothing can be seen on is neither right nor wrong; what the model believes of it counts all the same, as the others hold such, too.
        var mean = reviewed.Average(answer => answer.Belief);
        var spread = reviewed.Average(answer => (answer.Belief - mean) * (answer.Belief - mean));
        var covariance = reviewed.Average(answer => answer.IsRight is { } isRight ? ((isRight ? 1 : 0) - share) * (answer.Belief - mean) : 0);
        var usableShare = (double)usable / reviewed.Count;
        var correlation = Math.Abs(covariance) / Math.Sqrt(spread * share * (1 - share) * usableShare);
        var sure = Math.Tanh(Math.Atanh(Math.Min(correlation, 1 - 1e-9)) - (1 / Math.Sqrt(usable - 3)));
        if (!(sure > 0)) // Nor where all beliefs are alike, which gives no number.
        {
            return Within(share, usable);
        }

        var ofOthers = (double)others.Count / (others.Count + reviewed.Count);
        var weight = covariance / spread / usableShare * ofOthers;
        return Within(Math.Clamp(share + (weight * (others.MeanBelief - mean)), 0, 1), usable / (1 - (sure * sure * ofOthers)));
    }

    private static AccuracyEstimate Within(double share, double photos) =>
        new(share, 1 - MostOf(1 - share, (int)photos), MostOf(share, (int)photos), photos);

    /// <summary>The largest share that goes with a share of photos; between whole numbers of them along the line.</summary>
    private static double MostOf(double share, int photos)
    {
        // What lies below a whole number by rounding alone is that number.
        var count = Math.Round(share * photos, 9);
        var below = (int)count;
        var (low, high) = (ExactTest.UpperShare(below, photos, Level), ExactTest.UpperShare(Math.Min(below + 1, photos), photos, Level));
        return low + ((count - below) * (high - low));
    }
}

/// <summary>What a reviewer said of the answer to a photo.</summary>
/// <param name="Belief">How probable the model held it that its answer is right, 0 to 1.</param>
/// <param name="IsRight">Whether it is; null if nothing can be seen on the photo.</param>
internal readonly record struct ReviewedAnswer(double Belief, bool? IsRight);

/// <summary>The answers to photos that were not drawn, or not reviewed yet.</summary>
/// <param name="Count">How many.</param>
/// <param name="MeanBelief">How probable the model held it on the average that its answer is right, 0 to 1.</param>
internal readonly record struct OtherAnswers(long Count, double MeanBelief);
