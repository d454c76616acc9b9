using System.Globalization;
using DandelionMl.LiveAccuracy;

namespace DandelionMl.Tests.LiveAccuracy;

public sealed class RandomDrawTests
{
    [Fact]
    public void Measure_counts_the_photos_before_the_first_that_waits()
    {
        // Those after it were reviewed for being hard: they are no fair sample.
        var figure = RandomDraw.Measure(Answers("rrrrrrrrrw.wwwwwwww"));

        Assert.Equal((19, 10, 0), (figure.Photos, figure.Reviewed, figure.Missing));
        Assert.Equal(0.9, figure.Estimate!.Accuracy, 1e-12);
    }

    [Fact]
    public void Measure_all_reviewed_counts_all()
    {
        var figure = RandomDraw.Measure(Answers("rrrrrrrrrwrr"));

        Assert.Equal((12, 11.0 / 12), (figure.Reviewed, figure.Estimate!.Accuracy));
    }

    [Theory]
    [InlineData("rrrrrrrr.rrrr....", 8, 1)] // What is reviewed already counts as soon as the one before it is.
    [InlineData("...............", 0, 10)]
    [InlineData("urrrrrrrr...", 8, 2)] // One that shows nothing is no review of the answer.
    [InlineData("rrrrr....", 5, null)] // Too few came.
    [InlineData("", 0, null)]
    public void Measure_too_few_tells_how_many_are_missing(string week, int reviewed, int? missing)
    {
        var figure = RandomDraw.Measure(Answers(week));

        Assert.Null(figure.Estimate);
        Assert.Equal((week.Length, reviewed, missing), (figure.Photos, figure.Reviewed, figure.Missing));
    }

    [Fact]
    public void Measure_does_not_depend_on_the_order_of_the_photos()
    {
        var answers = new SimulatedWeek(200, 0.9, Beliefs.Calibrated, seed: 1).Review(150, randomShare: 0.2).Answers.ToList();

        Assert.Equal(RandomDraw.Measure(answers), RandomDraw.Measure(answers.AsEnumerable().Reverse()));
    }

    /// <summary>A week in its random order: right, wrong, unusable, and a dot for one that waits.</summary>
    private static IEnumerable<ServedAnswer> Answers(string week) => week.Select((photo, index) => new ServedAnswer(
        index.ToString("X16", CultureInfo.InvariantCulture),
        0.8,
        photo switch { 'r' => AnswerOutcome.Right, 'w' => AnswerOutcome.Wrong, 'u' => AnswerOutcome.Unusable, _ => AnswerOutcome.Waiting }));
}
