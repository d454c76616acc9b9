using DandelionMl.Training;
using DandelionMl.Training.LearningCurves;

namespace DandelionMl.Tests.Training.LearningCurves;

public sealed class LearningCurveFitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A hundred photos are held back: what they bring on average, by many draws, lies in the interval of at least nine curves in ten.</summary>
    [Theory]
    [InlineData(2, 64, 1.0, 0.0, 300)]
    [InlineData(2, 256, 1.5, 0.05, 150)]
    [InlineData(2, 64, 3.0, 0.0, 150)]
    [InlineData(5, 64, 2.5, 0.1, 400)]
    public void Run_holds_what_a_hundred_more_photos_bring(int classes, int width, double distance, double wrongLabels, int photos)
    {
        const int draws = 20;
        var source = new DrawnEmbeddings(classes, width, distance, wrongLabels);
        var others = source.Draw(2_000, seed: 1);
        var gain = Enumerable.Range(100, draws).AsParallel().Average(seed =>
        {
            var all = source.Draw(photos + 100, seed);
            return DrawnEmbeddings.Accuracy(all, others, source.Labels) - DrawnEmbeddings.Accuracy(all[..photos], others, source.Labels);
        });

        var held = Enumerable.Range(100, draws).Count(seed =>
        {
            var told = LearningCurveFit.Run(source.Draw(photos, seed), Token).Gains[0].Accuracy;
            return told.Low <= gain && gain <= told.High;
        });

        Assert.True(held >= 0.9 * draws, $"{held} of {draws} intervals hold {gain:0.0000}.");
    }

    /// <summary>The same of photos of one class alone, while there are no more of the others: that class's recall, and the accuracy of all.</summary>
    [Fact]
    public void Run_holds_what_more_photos_of_one_class_bring()
    {
        const int draws = 20;
        const int photos = 150;
        var source = new DrawnEmbeddings(classes: 2, width: 64, distance: 3);
        var others = source.Draw(1_500, seed: 1);
        var results = Enumerable.Range(100, draws).AsParallel().Select(seed =>
        {
            var known = source.Draw(photos, seed);
            var own = LearningCurveFit.Run(known, Token).Classes[0].Own!;
            var before = DrawnEmbeddings.Accuracy(known, others, source.Labels, "00");
            var after = DrawnEmbeddings.Accuracy([.. known, .. source.DrawOf("00", own.More, seed + 1_000)], others, source.Labels, "00");
            return (Own: own, Accuracy: after.Accuracy - before.Accuracy, Recall: after.Recall - before.Recall);
        }).ToList();

        Check(results.Average(result => result.Recall), result => result.Recall);
        Check(results.Average(result => result.Accuracy), result => result.Accuracy);

        void Check(double gain, Func<OwnGain, Likely> told)
        {
            var held = results.Count(result => told(result.Own).Low <= gain && gain <= told(result.Own).High);
            Assert.True(held >= 0.9 * draws, $"{held} of {draws} intervals hold {gain:0.0000}.");
        }
    }

    /// <summary>Where two classes overlap, more photos of one draw those of the other to it.</summary>
    [Fact]
    public void Run_more_photos_of_one_class_do_not_help_all()
    {
        var own = LearningCurveFit.Run(new DrawnEmbeddings(classes: 2, width: 8, distance: 0.5).Draw(400, seed: 1), Token).Classes[0].Own!;

        Assert.True(own.Recall.Low > 0, $"Its recall rises by {own.Recall}.");
        Assert.True(own.Accuracy.Low < 0, $"The accuracy rises by {own.Accuracy}.");
        Assert.Equal(100, own.More);
    }

    /// <summary>What a class gains by its weight is measured on fewer photos than there are, of which more are missed.</summary>
    [Fact]
    public void Run_tells_no_gain_that_there_is_no_room_for()
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            var curve = LearningCurveFit.Run(new DrawnEmbeddings(classes: 2, width: 16, distance: 3).Draw(150, seed), Token);

            Assert.All(curve.Classes, item => Assert.InRange(item.Own!.Recall.Value, -1, 1 - item.Recall + 1e-12));
            Assert.All(curve.Classes, item => Assert.InRange(item.Own!.Accuracy.Value, -1, 1 - curve.Accuracy + 1e-12));
        }
    }

    [Fact]
    public void Run_of_many_classes_measures_those_alone_that_are_wrong_most_often()
    {
        var curve = LearningCurveFit.Run(new DrawnEmbeddings(classes: 12, width: 16, distance: 2.5).Draw(240, seed: 1), Token);

        var measured = curve.Classes.Where(item => item.Own is not null).ToList();
        Assert.Equal(LearningCurveFit.MostAlone, measured.Count);
        Assert.All(measured, item => Assert.Equal(item.Photos, item.Own!.More));
    }

    [Fact]
    public void Run_tells_classes_points_and_gains()
    {
        var source = new DrawnEmbeddings(classes: 3, width: 32, distance: 2);

        var curve = LearningCurveFit.Run(source.Draw(200, seed: 2), Token);

        Assert.Equal((200, 200), (curve.Photos, curve.Measured));
        Assert.Equal(curve.Points.OrderBy(point => point.Photos), curve.Points);
        Assert.InRange(curve.Points[^1].Photos, 158, 162);
        Assert.True(curve.Points[^1].Accuracy > curve.Points[0].Accuracy + 0.05, "More photos make no better heads.");
        Assert.InRange(curve.Accuracy, curve.Points[^1].Accuracy - 0.01, curve.Points[^1].Accuracy + 0.03);
        Assert.Equal([100, 200], curve.Gains.Select(gain => gain.More));
        Assert.All(curve.Gains, gain => Assert.True(0 <= gain.Accuracy.Low && gain.Accuracy.Low <= gain.Accuracy.Value && gain.Accuracy.Value <= gain.Accuracy.High));
        Assert.True(curve.Gains[1].Accuracy.Value > curve.Gains[0].Accuracy.Value, "Twice as many more bring no more.");
        Assert.Equal(source.Labels, curve.Classes.Select(item => item.Label));
        Assert.Equal(200, curve.Classes.Sum(item => item.Photos));
    }

    [Fact]
    public void Run_is_the_same_in_any_order()
    {
        var photos = new DrawnEmbeddings(classes: 2, width: 32, distance: 1).Draw(80, seed: 3);

        Assert.Equivalent(LearningCurveFit.Run(photos, Token), LearningCurveFit.Run([.. photos.Reverse()], Token));
    }

    /// <summary>Copies of what is trained on would be known by heart.</summary>
    [Fact]
    public void Run_near_duplicates_count_once_and_stay_together()
    {
        var photos = new DrawnEmbeddings(classes: 2, width: 64, distance: 0).Draw(80, seed: 4);
        LabelledEmbedding[] copies = [.. photos.Select(photo => photo with { Sha256 = new string([.. photo.Sha256.Reverse()]), Leader = photo.Sha256 })];

        var curve = LearningCurveFit.Run([.. photos, .. copies], Token);

        Assert.Equal(80, curve.Photos);
        Assert.InRange(curve.Accuracy, 0.3, 0.7);
    }

    [Fact]
    public void Run_very_many_photos_are_measured_on_a_sample()
    {
        var curve = LearningCurveFit.Run(new DrawnEmbeddings(classes: 2, width: 8, distance: 1).Draw(6_000, seed: 5), Token);

        Assert.Equal(6_000, curve.Photos);
        Assert.InRange(curve.Measured, 1_490, 1_500);
        Assert.InRange(curve.Gains[0].Accuracy.High, 0, 0.003);
    }

    [Fact]
    public void Run_constant_embeddings_gain_next_to_nothing()
    {
        LabelledEmbedding[] photos = [.. new DrawnEmbeddings(2, 16, 1).Draw(120, seed: 6).Select(photo => photo with { Embedding = new float[16] })];

        var curve = LearningCurveFit.Run(photos, Token);

        Assert.InRange(curve.Accuracy, 0.3, 0.7);
        Assert.InRange(curve.Gains[0].Accuracy.Low, 0, 0.01);
    }

    [Fact]
    public void Run_a_class_with_few_photos_is_left_out()
    {
        var photos = new DrawnEmbeddings(2, 16, 1).Draw(60, seed: 7);
        photos[3] = photos[3] with { Label = "rare" };

        Assert.Equal(["rare"], LearningCurveFit.Run(photos, Token).LeftOut);
    }

    [Theory]
    [InlineData(39, 2, "needs at least 40 distinct photos; there are 39")]
    [InlineData(60, 1, "needs two classes with at least 8 distinct photos each; there is one")]
    [InlineData(0, 2, "needs two classes with at least 8 distinct photos each; there is none")]
    public void Run_too_few_photos_says_what_is_missing(int count, int classes, string expected)
    {
        var refused = Assert.Throws<InsufficientTrainingDataException>(
            () => LearningCurveFit.Run(new DrawnEmbeddings(classes, 16, 1).Draw(count, seed: 8), Token));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_cancelled_stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => LearningCurveFit.Run(new DrawnEmbeddings(2, 16, 1).Draw(60, seed: 9), cancelled.Token));
    }
}
