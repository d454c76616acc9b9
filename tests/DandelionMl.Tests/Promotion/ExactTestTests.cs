using System.Numerics;
using DandelionMl.Promotion;

namespace DandelionMl.Tests.Promotion;

public sealed class ExactTestTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 7, 1)]
    [InlineData(4, 0, 0.0625)]
    [InlineData(5, 0, 0.03125)]
    [InlineData(9, 1, 0.0107421875)]
    [InlineData(8, 2, 0.0546875)]
    [InlineData(5, 5, 0.623046875)]
    public void McNemar_small_counts_gives_the_exact_chance(int mine, int theirs, double expected) =>
        Assert.Equal(expected, ExactTest.McNemar(mine, theirs), 1e-12);

    [Fact]
    public void McNemar_any_counts_agrees_with_exact_integers()
    {
        for (var trials = 1; trials <= 300; trials += 37)
        {
            for (var mine = 0; mine <= trials; mine += 7)
            {
                var expected = Math.Exp(BigInteger.Log(Enumerable.Range(mine, trials - mine + 1).Aggregate(BigInteger.Zero, (sum, k) => sum + Choose(trials, k)))
                    - (trials * Math.Log(2)));
                Assert.Equal(expected, ExactTest.McNemar(mine, trials - mine), 1e-10);
            }
        }
    }

    [Theory]
    [InlineData(7, 10, 0.35, 0.026024)]
    [InlineData(10, 10, 0.35, 2.7585e-5)]
    [InlineData(3, 10, 1, 1)]
    [InlineData(1, 10, 0, 0)]
    [InlineData(0, 0, 0.35, 1)]
    [InlineData(50_000, 100_000, 0.5, 0.501262)]
    [InlineData(100, 2_100, 0.5, 1)] // The chance of 100 alone is too small for a double.
    [InlineData(2_000, 2_100, 0.5, 0)]
    [InlineData(1, 5_000, 0.999, 1)]
    public void BinomialTail_gives_the_chance_of_as_many_or_more(int successes, int trials, double probability, double expected) =>
        Assert.Equal(expected, ExactTest.BinomialTail(successes, trials, probability), 1e-6);

    [Theory]
    [InlineData(0, 0, 90, 0)]
    [InlineData(1, 0, 90, 0.01)] // With no loss the bound of the share is 1 - 0.05^(1/n), here 0.95.
    [InlineData(4, 0, 100, 0.0021703)]
    [InlineData(0, 2, 100, 0.02)]
    [InlineData(1, 1, 100, 0.01899)] // (1 - p)^2 + 2 p (1 - p) = 0.05 at p = sqrt(0.95).
    public void LossBound_small_counts_gives_the_exact_bound(int wins, int losses, int images, double expected) =>
        Assert.Equal(expected, ExactTest.LossBound(wins, losses, images, 0.05), 1e-5);

    // About (2 * 120.4 - 2_100) / 3_000: 100 losses have this chance where 120.4 are expected.
    [Fact]
    public void LossBound_many_images_is_that_of_the_few_losses_and_not_the_worst_case() =>
        Assert.InRange(ExactTest.LossBound(2_000, 100, 3_000, 0.05), -0.63, -0.61);

    [Fact]
    public void LossBound_of_many_images_with_hardly_a_loss_is_a_gain() =>
        Assert.InRange(ExactTest.LossBound(1_999, 1, 2_000, 0.05), -1, -0.99);

    [Fact]
    public void Holm_corrects_by_rank_and_never_below_a_smaller_one() => Assert.Equal(
        [0.06, 0.04, 0.06, 0.9], ExactTest.Holm([0.02, 0.01, 0.03, 0.9]).Select(value => Math.Round(value, 12)));

    private static BigInteger Choose(int n, int k) =>
        Enumerable.Range(1, k).Aggregate(BigInteger.One, (product, i) => product * (n - k + i) / i);
}
