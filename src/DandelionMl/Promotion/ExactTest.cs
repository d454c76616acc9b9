namespace DandelionMl.Promotion;

/// <summary>Exact one-sided tests on counts.</summary>
internal static class ExactTest
{
    /// <summary>McNemar's exact test (McNemar 1947, in its binomial form): where two models differ in being right, each is as likely to
    /// be the one, if both are equally good.</summary>
    /// <param name="mine">Images that the one alone is right on.</param>
    /// <param name="theirs">Images that the other alone is right on.</param>
    /// <returns>The chance of <paramref name="mine"/> or more.</returns>
    public static double McNemar(int mine, int theirs) => BinomialTail(mine, mine + theirs, 0.5);

    /// <summary>The chance of <paramref name="successes"/> or more in <paramref name="trials"/> of probability
    /// <paramref name="probability"/>.</summary>
    public static double BinomialTail(int successes, int trials, double probability)
    {
        if (successes > trials)
        {
            return 0;
        }

        if (successes <= 0 || probability >= 1)
        {
            return 1;
        }

        if (probability <= 0)
        {
            return 0;
        }

        // From the side that does not hold the mean, so that the terms fall: one that is too small for a double is as good as none.
        return successes > trials * probability
            ? Math.Min(1, SumFrom(successes, trials, probability))
            : Math.Max(0, 1 - SumFrom(trials - successes + 1, trials, 1 - probability));
    }

    /// <summary>The chance of exactly <paramref name="successes"/> in <paramref name="trials"/> of probability
    /// <paramref name="probability"/>.</summary>
    public static double BinomialTerm(int successes, int trials, double probability) => probability switch
    {
        <= 0 => successes == 0 ? 1 : 0,
        >= 1 => successes == trials ? 1 : 0,
        _ => Math.Exp(
            LogFactorial(trials) - LogFactorial(successes) - LogFactorial(trials - successes)
            + (successes * Math.Log(probability)) + ((trials - successes) * Math.Log(1 - probability))),
    };

    /// <summary>The sum of the terms of the distribution from <paramref name="successes"/> on, each from the one before, until they change
    /// nothing.</summary>
    private static double SumFrom(int successes, int trials, double probability)
    {
        var (sum, term, odds) = (0.0, BinomialTerm(successes, trials, probability), probability / (1 - probability));
        for (var i = successes; i <= trials && sum + term != sum; i++)
        {
            sum += term;
            term *= odds * (trials - i) / (i + 1);
        }

        return sum;
    }

    /// <summary>By Stirling's series from ten on, which is then exact to a double.</summary>
    private static double LogFactorial(int number)
    {
        if (number < 10)
        {
            return Math.Log(Enumerable.Range(1, number).Aggregate(1.0, (product, factor) => product * factor));
        }

        double n = number;
        return (n * Math.Log(n)) - n + (0.5 * Math.Log(2 * Math.PI * n)) + (1 / (12 * n)) - (1 / (360 * n * n * n)) + (1 / (1260 * Math.Pow(n, 5)))
            - (1 / (1680 * Math.Pow(n, 7)));
    }

    /// <summary>By how much one model may be worse than another in the most unfavourable case: the upper bound, by Clopper and Pearson
    /// (1934), of the losses' share among the images where the two differ, turned into a difference of accuracies.</summary>
    /// <param name="wins">Images that the one alone is right on.</param>
    /// <param name="losses">Images that the other alone is right on.</param>
    /// <param name="images">Images in all, at least one.</param>
    /// <param name="level">Chance that the true difference is beyond the bound.</param>
    /// <returns>A difference of accuracies, positive for a loss.</returns>
    public static double LossBound(int wins, int losses, int images, double level)
    {
        var differing = wins + losses;
        return differing == 0 ? 0 : ((2 * UpperShare(losses, differing, level)) - 1) * differing / images;
    }

    /// <summary>The largest share that goes with so few successes, by Clopper and Pearson (1934).</summary>
    /// <param name="successes">Successes.</param>
    /// <param name="trials">Trials, at least one.</param>
    /// <param name="level">Chance that the true share is beyond it.</param>
    public static double UpperShare(int successes, int trials, double level)
    {
        if (successes == trials)
        {
            return 1;
        }

        // The share at which so few successes have just this chance; 50 halvings are as many as a double has bits.
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = 1 - BinomialTail(successes + 1, trials, middle) > level ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>Holm's correction (Holm 1979): p-values of a family such that the chance of any below a level by accident is at most that
    /// level.</summary>
    public static double[] Holm(IReadOnlyList<double> values)
    {
        var adjusted = new double[values.Count];
        var largest = 0.0;
        foreach (var (rank, index) in Enumerable.Range(0, values.Count).OrderBy(index => values[index]).Index())
        {
            largest = Math.Max(largest, Math.Min(1, (values.Count - rank) * values[index]));
            adjusted[index] = largest;
        }

        return adjusted;
    }
}
