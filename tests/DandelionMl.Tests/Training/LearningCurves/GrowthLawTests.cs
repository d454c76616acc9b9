using DandelionMl.Training.LearningCurves;

namespace DandelionMl.Tests.Training.LearningCurves;

public sealed class GrowthLawTests
{
    private static readonly double[] Sizes = [100, 141, 200, 283, 400, 566, 800];

    /// <summary>Errors that follow a law to the digit: of all exponents those near it count.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(-0.3)]
    public void Gain_of_an_exact_law_is_the_law_s(double exponent)
    {
        double Error(double photos) => 0.1 + (0.05 * (Math.Pow(photos / 1_000, -exponent) - 1) / exponent);

        var law = GrowthLaw.Fit(Sizes, Photos(Error, 100_000), 1_000);

        Assert.Equal(0.1, law.Now, 0.005);
        var gain = law.Gain(500);
        Assert.Equal(Error(1_000) - Error(1_500), gain.Value, 0.005);
        Assert.InRange(Error(1_000) - Error(1_500), gain.Low, gain.High);
    }

    [Fact]
    public void Gain_of_an_error_that_stays_is_near_zero()
    {
        var gain = GrowthLaw.Fit(Sizes, Photos(_ => 0.2, 100_000), 1_000).Gain(1_000);

        Assert.InRange(gain.Value, 0, 0.003);
        Assert.InRange(gain.Low, 0, 1e-3);
    }

    [Fact]
    public void Gain_of_photos_that_are_never_wrong_is_a_number_near_zero() =>
        Assert.InRange(GrowthLaw.Fit(Sizes, Photos(_ => 0, 50), 1_000).Gain(100).High, 0, 0.01);

    [Fact]
    public void Gain_of_an_error_that_rises_is_zero() =>
        Assert.InRange(GrowthLaw.Fit(Sizes, Photos(photos => photos / 2_000, 100_000), 1_000).Gain(100).High, 0, 1e-3);

    [Fact]
    public void Gain_is_surer_with_more_photos()
    {
        static double Error(double photos) => 0.05 + (20 / photos);

        double Width(int count)
        {
            var gain = GrowthLaw.Fit(Sizes, Photos(Error, count), 1_000).Gain(500);
            return gain.High - gain.Low;
        }

        Assert.True(Width(200) > 1.5 * Width(5_000), "Twenty-five times the photos make no surer.");
    }

    /// <summary>Photos of which the law's share is wrong at each size, always the same ones first.</summary>
    private static double[][] Photos(Func<double, double> error, int count) =>
        [.. Enumerable.Range(0, count).Select(photo => Sizes.Select(size => (photo + 0.5) / count < error(size) ? 1.0 : 0).ToArray())];
}
