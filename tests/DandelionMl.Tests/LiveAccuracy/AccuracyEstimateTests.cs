using DandelionMl.LiveAccuracy;

namespace DandelionMl.Tests.LiveAccuracy;

public sealed class AccuracyEstimateTests
{
    private const int Draws = 500;

    private static readonly OtherAnswers None = new(0, 0);

    /// <summary>Accuracies up to near 1, with beliefs of every kind; and about 10, 20 and 50 of many photos drawn, and half of few.</summary>
    public static TheoryData<double, Beliefs, int, int> Weeks => new(
        from accuracy in (double[])[0.7, 0.9, 0.97, 0.995]
        from beliefs in Enum.GetValues<Beliefs>()
        from week in ((int, int)[])[(500, 70), (500, 100), (500, 220), (60, 40)]
        select (accuracy, beliefs, week.Item1, week.Item2));

    // SciPy: stats.beta.ppf of Clopper and Pearson.
    [Theory]
    [InlineData(10, 10, 0.69150, 1)]
    [InlineData(9, 10, 0.55498, 0.99747)]
    [InlineData(0, 10, 0, 0.30850)]
    [InlineData(45, 50, 0.78186, 0.96672)]
    public void Of_reviewed_photos_alone_is_the_exact_interval(int right, int photos, double low, double high)
    {
        var estimate = AccuracyEstimate.Of(Reviewed(right, photos, _ => 0.9), None);

        Assert.Equal((double)right / photos, estimate.Accuracy, 1e-12);
        Assert.Equal(low, estimate.Low, 1e-4);
        Assert.Equal(high, estimate.High, 1e-4);
    }

    [Fact]
    public void Of_beliefs_that_tell_right_from_wrong_count_as_more_photos()
    {
        var reviewed = Reviewed(40, 50, isRight => isRight ? 0.9 : 0.5);

        var alone = AccuracyEstimate.Of(reviewed, None);
        var powered = AccuracyEstimate.Of(reviewed, new OtherAnswers(1_000, 0.86));

        // The others are believed to be better: 0.86 lies 0.04 above the mean of the reviewed, 0.1 a share of right answers.
        Assert.Equal(0.8 + (0.1 * 1_000 / 1_050), powered.Accuracy, 1e-9);
        Assert.True(powered.High - powered.Low < 0.5 * (alone.High - alone.Low), $"{powered} is not much narrower than {alone}.");
    }

    [Theory]
    [InlineData(0.9, 0.9)] // All the same.
    [InlineData(0.2, 0.2)]
    public void Of_beliefs_that_tell_nothing_is_what_the_reviewed_photos_say(double ofRight, double ofWrong)
    {
        var reviewed = Reviewed(40, 50, isRight => isRight ? ofRight : ofWrong);

        Assert.Equal(AccuracyEstimate.Of(reviewed, None), AccuracyEstimate.Of(reviewed, new OtherAnswers(1_000, 0.1)));
    }

    [Fact]
    public void Of_hardly_a_wrong_answer_does_not_trust_beliefs()
    {
        var reviewed = Reviewed(96, 100, isRight => isRight ? 0.99 : 0.4);

        Assert.Equal(AccuracyEstimate.Of(reviewed, None), AccuracyEstimate.Of(reviewed, new OtherAnswers(10_000, 0.6)));
    }

    [Fact]
    public void Of_an_unusable_photo_is_neither_right_nor_wrong()
    {
        var estimate = AccuracyEstimate.Of([.. Reviewed(9, 10, _ => 0.9), new ReviewedAnswer(0.2, null)], None);

        Assert.Equal((0.9, 10), (estimate.Accuracy, estimate.EffectivePhotos));
    }

    /// <summary>The interval holds the true accuracy in at least 93 of 100 weeks, though most photos are reviewed for being hard.</summary>
    [Theory]
    [MemberData(nameof(Weeks))]
    public void Measure_weeks_hold_the_true_accuracy(double accuracy, Beliefs beliefs, int photos, int reviewed)
    {
        var figures = Simulate(accuracy, beliefs, photos, reviewed);

        Assert.True(figures.Count > Draws / 2, $"Only {figures.Count} of {Draws} weeks have a figure.");
        var holding = figures.Count(figure => figure.Estimate!.Low <= accuracy + 1e-9 && accuracy <= figure.Estimate.High + 1e-9);
        Assert.True(holding >= 0.93 * figures.Count, $"{holding} of {figures.Count} intervals hold {accuracy}.");
    }

    private static List<LiveFigure> Simulate(double accuracy, Beliefs beliefs, int photos, int reviewed) =>
        [.. Enumerable.Range(1, Draws).AsParallel().AsOrdered()
            .Select(seed => RandomDraw.Measure(new SimulatedWeek(photos, accuracy, beliefs, seed).Review(reviewed, randomShare: 0.2).Answers))
            .Where(figure => figure.Estimate is not null)];

    private static ReviewedAnswer[] Reviewed(int right, int photos, Func<bool, double> belief) =>
        [.. Enumerable.Range(0, photos).Select(photo => new ReviewedAnswer(belief(photo < right), photo < right))];
}
