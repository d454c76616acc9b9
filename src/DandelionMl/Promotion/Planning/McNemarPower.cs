namespace DandelionMl.Promotion.Planning;

/// <summary>The power of <see cref="ExactTest.McNemar"/>: how likely it shows that one model is better, were it better by so much (Connor 1987,
/// "Sample Size for Testing Differences in Proportions for the Paired-Sample Design", here exact and not by a normal distribution).</summary>
internal static class McNemarPower
{
    // Beyond so many standard deviations the terms are as good as none.
    private const double Tails = 7;

    /// <summary>The chance that the test is significant.</summary>
    /// <param name="photos">Photos that the two are compared on, 0 or more.</param>
    /// <param name="gain">By how much the one's accuracy is higher, above 0 to 1.</param>
    /// <param name="differing">Share of photos on which exactly one of them is right, <paramref name="gain"/> to 1.</param>
    /// <param name="level">Level of the test, one-sided.</param>
    public static double Of(int photos, double gain, double differing, double level)
    {
        var (wins, power) = ((differing + gain) / (2 * differing), 0.0);
        var (from, to) = Likely(photos, differing);
        var fewest = FewestWins(from, level);
        for (var count = from; count <= to; count++)
        {
            // With one photo more it takes as many wins, or one more.
            fewest += ExactTest.BinomialTail(fewest, count, 0.5) <= level ? 0 : 1;
            power += ExactTest.BinomialTerm(count, photos, differing) * ExactTest.BinomialTail(fewest, count, wins);
        }

        return Math.Min(1, power);
    }

    /// <summary>The fewest photos with which the chance is at least <paramref name="power"/>.</summary>
    /// <param name="gain">By how much the one's accuracy is higher, above 0 to 1.</param>
    /// <param name="differing">Share of photos on which exactly one of them is right, <paramref name="gain"/> to 1.</param>
    /// <param name="level">Level of the test, one-sided.</param>
    /// <param name="power">The chance, between 0 and 1.</param>
    /// <param name="most">Where the search ends.</param>
    /// <returns>Null where it takes more than <paramref name="most"/>.</returns>
    public static int? FindPhotos(double gain, double differing, double level, double power, int most)
    {
        var (low, high) = (0, 16);
        while (Of(high, gain, differing, level) < power)
        {
            (low, high) = (high, high * 2);
            if (low >= most)
            {
                return null;
            }
        }

        // The chance rises by steps that are hardly ever downwards: the result is a photo or two from the least, or one in a thousand.
        while (high - low > Math.Max(1, high / 1_000))
        {
            var middle = (low + high) / 2;
            (low, high) = Of(middle, gain, differing, level) < power ? (middle, high) : (low, middle);
        }

        return high <= most ? high : null;
    }

    /// <summary>The fewest wins of so many photos that are significant; one more than there are photos where none is.</summary>
    private static int FewestWins(int count, double level)
    {
        var (low, high) = (count / 2, count + 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = ExactTest.BinomialTail(middle, count, 0.5) <= level ? (low, middle) : (middle, high);
        }

        return high;
    }

    private static (int From, int To) Likely(int photos, double share)
    {
        var (mean, spread) = (photos * share, Tails * Math.Sqrt((photos * share * (1 - share)) + 1));
        return (Math.Max(0, (int)(mean - spread)), Math.Min(photos, (int)(mean + spread) + 1));
    }
}
