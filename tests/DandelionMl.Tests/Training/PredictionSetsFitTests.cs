using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training;

public sealed class PredictionSetsFitTests
{
    private const int Dimensions = 6;

    [Theory]
    [InlineData(HeadMethod.Logistic, 2, 0.95)]
    [InlineData(HeadMethod.Logistic, 3, 0.95)]
    [InlineData(HeadMethod.Logistic, 3, 0.8)]
    [InlineData(HeadMethod.Reference, 3, 0.95)]
    public void Sets_cover_new_photos_of_each_class_as_often_as_stated(HeadMethod method, int classes, double coverage)
    {
        const int Draws = 25;
        const int New = 300;
        var covered = new double[classes];
        var (size, right) = (0.0, 0.0);
        for (var draw = 0; draw < Draws; draw++)
        {
            var photos = Photos(classes, 150 + New, draw);
            var labels = Labels(classes);
            var (head, heldOut) = Fit(method, photos[..150], labels);
            var sets = PredictionSetsFit.Find(
                heldOut, head.Temperature, [.. photos[..150].Select(photo => photo.Leader)], classes, coverage)!;
            foreach (var photo in photos[150..])
            {
                var probabilities = head.Classify(photo.Embedding.Span);
                var set = sets.Of(probabilities);
                var own = Array.IndexOf(labels, photo.Label);
                covered[own] += set.Contains(own) ? 1.0 / (Draws * New / classes) : 0;
                right += set[0] == own ? 1.0 / (Draws * New) : 0;
                size += (double)set.Length / (Draws * New);
            }
        }

        // Bounds of 50 to 75 photos a class are conservative by up to one photo, which is 0.02.
        Assert.All(covered, share => Assert.InRange(share, coverage - 0.015, Math.Max(right, coverage) + 0.04));
        Assert.InRange(size, 1, classes - 0.2);
    }

    [Fact]
    public void Find_bound_of_a_class_is_the_probability_of_its_rank()
    {
        // Twenty photos of the second class with probabilities of 0.50, 0.52, …: at 90 % the second lowest is the bound.
        var heldOut = HeldOut([.. Enumerable.Range(0, 20).Select(photo => (0.5 + (photo * 0.02), 1)), .. Enumerable.Repeat((0.9, 0), 20)]);

        var sets = PredictionSetsFit.Find(heldOut, 1, Apart(40), classes: 2, coverage: 0.9)!;

        Assert.Equal([0.9f, 0.52f], sets.Bounds, (bound, expected) => Math.Abs(bound - expected) < 1e-5);
        Assert.Equal((0.9, 40), (sets.Coverage, sets.Photos));
        Assert.Equal([1], sets.Of([0.48f, 0.52001f]));
        Assert.Equal([0], sets.Of([0.50001f, 0.49999f]));
    }

    [Fact]
    public void Of_a_probable_and_a_possible_class_are_both_in_the_set()
    {
        var sets = new PredictionSets { Bounds = [0.3f, 0.1f, 0.05f], Coverage = 0.95, Photos = 100 };

        Assert.Equal([0, 2], sets.Of([0.85f, 0.05f, 0.1f]));
        Assert.Equal([0], sets.Of([0.98f, 0.01f, 0.01f]));

        // Where no class is probable enough, the first is named all the same.
        Assert.Equal([1], new PredictionSets { Bounds = [0.9f, 0.9f, 0.9f], Coverage = 0.95, Photos = 100 }.Of([0.3f, 0.4f, 0.3f]));
    }

    [Fact]
    public void Find_class_with_too_few_photos_has_the_bound_of_all()
    {
        var heldOut = HeldOut([.. Enumerable.Range(0, 97).Select(photo => (0.6 + (photo * 0.001), 0)), (0.2, 1), (0.3, 1), (0.99, 1)]);

        var sets = PredictionSetsFit.Find(heldOut, 1, Apart(100), classes: 2, coverage: 0.95)!;

        // Of all 101 the fifth lowest; of the 97, the fourth.
        Assert.Equal([0.603f, 0.602f], sets.Bounds, (bound, expected) => Math.Abs(bound - expected) < 1e-5);
    }

    [Fact]
    public void Find_near_duplicates_count_as_one_photo()
    {
        // Two hundred shots of five plants are five photos: too few.
        var heldOut = HeldOut([.. Enumerable.Repeat((0.9, 0), 100), .. Enumerable.Repeat((0.8, 1), 100)]);

        Assert.Null(PredictionSetsFit.Find(heldOut, 1, [.. Enumerable.Range(0, 200).Select(photo => $"{photo % 5}")], classes: 2, coverage: 0.95));
        Assert.Equal(200, PredictionSetsFit.Find(heldOut, 1, Apart(200), classes: 2, coverage: 0.95)!.Photos);
    }

    [Theory]
    [InlineData(18, 0.95, false)]
    [InlineData(19, 0.95, true)]
    [InlineData(98, 0.99, false)]
    [InlineData(99, 0.99, true)]
    public void Find_too_few_photos_for_the_coverage_give_no_sets(int photos, double coverage, bool isEnough)
    {
        var heldOut = HeldOut([.. Enumerable.Range(0, photos).Select(photo => (0.9, photo % 2))]);

        Assert.Equal(isEnough, PredictionSetsFit.Find(heldOut, 1, Apart(photos), classes: 2, coverage) is not null);
    }

    [Fact]
    public void Find_the_photo_that_sets_the_bound_is_in_it_after_rounding()
    {
        var random = new Random(1);
        for (var draw = 0; draw < 200; draw++)
        {
            double[] logits = [.. Enumerable.Range(0, 19).Select(_ => random.NextDouble() * 4)];
            var heldOut = new HeldOutLogits(logits, [.. Enumerable.Range(0, 19)], [.. Enumerable.Repeat(1, 19)], 1, [1, 1]);

            var sets = PredictionSetsFit.Find(heldOut, 1, Apart(19), classes: 2, coverage: 0.95)!;

            var probability = 1 / (1 + MathF.Exp(-(float)logits.Min()));
            Assert.True(probability >= sets.Bounds[1], $"{probability} is below {sets.Bounds[1]}");
        }
    }

    /// <summary>Photos of two classes that were given a probability of their own class while they were held out.</summary>
    private static HeldOutLogits HeldOut(params (double Probability, int Target)[] photos) => new(
        [.. photos.Select(photo => Math.Log(photo.Probability / (1 - photo.Probability)) * (photo.Target == 1 ? 1 : -1))],
        [.. Enumerable.Range(0, photos.Length)], [.. photos.Select(photo => photo.Target)], 1, [1, 1]);

    private static string[] Apart(int photos) => [.. Enumerable.Range(0, photos).Select(photo => $"{photo}")];

    private static (LinearHead Head, HeldOutLogits HeldOut) Fit(HeadMethod method, LabelledEmbedding[] photos, string[] labels)
    {
        if (method == HeadMethod.Logistic)
        {
            var fit = LogisticTrainer.Fit(photos, labels, cancellationToken: TestContext.Current.CancellationToken);
            return (fit.Head, fit.Choice.HeldOut!);
        }

        var options = new TrainingOptions { Method = method, Epochs = 20 };
        int[] targets = [.. photos.Select(photo => Array.IndexOf(labels, photo.Label))];
        return (
            HeadTrainer.Fit([.. photos.Select(photo => photo.Embedding.ToArray())], targets, labels.Length, options),
            ReferenceFolds.Run(photos, targets, labels.Length, options, TestContext.Current.CancellationToken)!.HeldOut);
    }

    private static string[] Labels(int classes) => [.. "abcd"[..classes].Select(letter => letter.ToString())];

    private static LabelledEmbedding[] Photos(int classes, int count, int draw) =>
    [
        .. Enumerable.Range(0, count).Select(index =>
        {
            var embedding = FormulaWeights.Values($"photo.{draw}.{index}", Dimensions, 0, 1);
            embedding[index % classes] += 1;
            return new LabelledEmbedding(ContentHash.Of(BitConverter.GetBytes((draw * 10_000) + index)), Labels(classes)[index % classes], embedding);
        }),
    ];
}
