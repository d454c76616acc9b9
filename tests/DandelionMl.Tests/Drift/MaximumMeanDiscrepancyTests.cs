using DandelionMl.Drift.Explanation;

namespace DandelionMl.Tests.Drift;

public sealed class MaximumMeanDiscrepancyTests
{
    private readonly Random _random = new(7);

    [Fact]
    public void Value_is_the_unbiased_estimate()
    {
        // Distances 1, 3, 2, 2, 1, 1 in order of pairs: the median of 1, 1, 1, 2, 2, 3 is 2 (the upper one).
        var compared = new MaximumMeanDiscrepancy([[0f], [1f]], [[3f], [2f]]);

        static double K(double distance) => Math.Exp(-distance * distance / 8);
        Assert.Equal(K(1) + K(1) - (2 * (K(3) + K(2) + K(2) + K(1)) / 4), compared.Value, 6);
    }

    [Fact]
    public void Test_is_rarely_low_for_samples_of_one_kind()
    {
        var low = 0;
        for (var round = 0; round < 100; round++)
        {
            low += new MaximumMeanDiscrepancy(Draw(30, 0), Draw(30, 0)).Test(99, TestContext.Current.CancellationToken) <= 0.05 ? 1 : 0;
        }

        // Five are expected; more than twelve come once in a thousand.
        Assert.InRange(low, 0, 12);
    }

    [Fact]
    public void Test_and_witness_tell_which_photos_are_of_another_kind()
    {
        var compared = new MaximumMeanDiscrepancy(Draw(60, 0), [.. Draw(40, 0), .. Draw(20, 2)]);

        Assert.Equal(0.002, compared.Test(499, TestContext.Current.CancellationToken), 9);
        var most = compared.Witness().Index().OrderByDescending(item => item.Item).Take(20).Count(item => item.Index >= 40);
        Assert.InRange(most, 18, 20);
    }

    [Fact]
    public void Test_of_photos_that_are_all_the_same_finds_no_difference() =>
        Assert.Equal(1, new MaximumMeanDiscrepancy([[1f], [1f]], [[1f], [1f], [1f]]).Test(19, TestContext.Current.CancellationToken));

    private List<float[]> Draw(int count, float centre) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 8).Select(_ => centre + Normal()).ToArray())];

    private float Normal() =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));
}
