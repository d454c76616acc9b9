using System.Globalization;
using System.Numerics.Tensors;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.Logistic;

public sealed class LogisticTrainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 40, 8)]
    [InlineData(3, 25, 200)]
    [InlineData(4, 400, 12)]
    public void Fit_shuffled_photos_agree(int classes, int perClass, int dimensions)
    {
        var images = Clusters(classes, perClass, dimensions, spread: 1.5f);
        var shuffled = images.ToArray();
        new Random(3).Shuffle(shuffled);

        var (first, again) = (Fit(images), Fit(shuffled));

        Assert.Equal(first.Choice.Strength, again.Choice.Strength);
        Assert.True(Distance(first.Head.Weights, again.Head.Weights) < 1e-6);
        Assert.True(Distance(first.Head.Bias, again.Head.Bias) < 1e-6);
        Assert.Equal(first.Head.Temperature, again.Head.Temperature, 1e-5f);
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(2, 300)]
    [InlineData(3, 8)]
    public void Fit_is_the_optimum_of_what_it_says_it_minimises(int classes, int dimensions)
    {
        var images = Clusters(classes, 30, dimensions, spread: 1.5f);

        var fit = Fit(images);

        // The mean of (probability - own class) · scaled embedding is -λw, and that of (probability - own class) is zero.
        var mean = Enumerable.Range(0, dimensions).Select(value => images.Average(image => (double)image.Embedding.Span[value])).ToArray();
        var scale = 1 / Math.Sqrt(images.Average(image => image.Embedding.ToArray().Zip(mean, (value, middle) => (value - middle) * (value - middle)).Sum()));
        var head = fit.Head.Uncalibrated;
        for (var output = 0; output < head.Bias.Length; output++)
        {
            var label = Labels(classes)[classes == 2 ? 1 : output];
            var residuals = images.Select(image =>
                head.Classify(image.Embedding.Span)[classes == 2 ? 1 : output] - (image.Label == label ? 1.0 : 0)).ToArray();
            Assert.Equal(0, residuals.Average(), 1e-5);
            for (var value = 0; value < dimensions; value++)
            {
                var gradient = images.Zip(residuals, (image, residual) => residual * scale * (image.Embedding.Span[value] - mean[value])).Average();
                var weight = head.Weights.Span[(output * dimensions) + value] / scale;
                Assert.Equal(0, gradient + (fit.Choice.Strength / images.Count * weight), 1e-5);
            }
        }
    }

    [Fact]
    public void Fit_few_photos_with_long_embeddings_gives_the_head_that_their_own_values_give()
    {
        var images = Clusters(2, 30, 400, spread: 2);
        var scaled = new ScaledEmbeddings([.. images.Select(image => image.Embedding)]);
        var space = RowSpace.Of(scaled, [.. Enumerable.Range(0, 60)]);
        int[] targets = [.. images.Select(image => image.Label == "a" ? 0 : 1)];
        var (own, short_) = (new LogisticProblem(scaled, targets, 2, [1, 1]), new LogisticProblem(space, targets, 2, [1, 1]));
        var (ownPoint, shortPoint) = (own.Zero(), short_.Zero());

        own.Fit([.. Enumerable.Range(0, 60)], 0.1, ownPoint, 1e-10, cancellationToken: Token);
        short_.Fit([.. Enumerable.Range(0, 60)], 0.1, shortPoint, 1e-10, cancellationToken: Token);

        // Their mean is zero, so that they span one dimension less.
        Assert.Equal(59, space.Width);
        Assert.True(TensorPrimitives.Distance<double>(ownPoint.AsSpan(0, 400), space.ToOwn(shortPoint.AsSpan(0, 59), 1)) < 1e-6);
        Assert.Equal(ownPoint[^1], shortPoint[^1], 1e-6);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Fit_separable_classes_learns_them_with_a_weak_strength_and_reports_each_iteration(int classes)
    {
        var images = Clusters(classes, 20, 8, spread: 0.3f);
        var iterations = new List<EpochMetrics>();

        var fit = LogisticTrainer.Fit(images, Labels(classes), progress: new SynchronousProgress<EpochMetrics>(iterations.Add), cancellationToken: Token);

        Assert.All(images, image => Assert.Equal(image.Label, Answer(fit.Head, image.Embedding, classes)));
        Assert.Equal(StrengthSearch.Strengths[^1], fit.Choice.Strength);
        Assert.Equal(Enumerable.Range(1, iterations.Count), iterations.Select(iteration => iteration.Epoch));
        Assert.True(iterations[^1].Loss < iterations[0].Loss);
        Assert.Equal(1, iterations[^1].Accuracy);
    }

    [Fact]
    public void Fit_labels_of_chance_chooses_a_strong_strength()
    {
        var images = Clusters(1, 100, 40, spread: 1).Select((image, index) => image with { Label = Labels(2)[index * 7 / 3 % 2] }).ToList();

        var fit = Fit(images);

        Assert.True(fit.Choice.Strength >= 1, $"strength {fit.Choice.Strength}");
        Assert.All(images, image => Assert.InRange(fit.Head.Classify(image.Embedding.Span)[0], 0.1, 0.9));
    }

    [Fact]
    public void Fit_classes_with_one_photo_each_and_one_of_many_classes_work()
    {
        List<LabelledEmbedding> two = [Image(0, "a", [1, 0]), Image(1, "b", [0, 1])];
        List<LabelledEmbedding> lonely = [.. Clusters(2, 20, 4, spread: 0.3f), Image(99, "c", [0, 0, 5, 5])];

        var pair = Fit(two);
        var three = Fit(lonely);

        Assert.Equal((StrengthSearch.Fallback, 1f), (pair.Choice.Strength, pair.Head.Temperature));
        Assert.All(two, image => Assert.Equal(image.Label, Answer(pair.Head, image.Embedding, 2)));
        Assert.All(lonely, image => Assert.Equal(image.Label, Answer(three.Head, image.Embedding, 3)));
    }

    [Fact]
    public void Fit_a_thousand_classes_of_three_photos_learns_them()
    {
        var labels = Enumerable.Range(0, 1000).Select(index => index.ToString("0000", CultureInfo.InvariantCulture)).ToList();
        var images = Enumerable.Range(0, 3000).Select(index =>
        {
            var embedding = FormulaWeights.Values($"class.{index % 1000}", 24, 0, 1);
            TensorPrimitives.Add(embedding, FormulaWeights.Values($"photo.{index}", 24, 0, 0.1), embedding);
            return Image(index, labels[index % 1000], embedding);
        }).ToList();

        var fit = LogisticTrainer.Fit(images, labels, cancellationToken: Token);

        Assert.True(images.Count(image => labels[fit.Head.Classify(image.Embedding.Span) is var said ? said.AsSpan().IndexOf(said.Max()) : 0] == image.Label) > 2900);
    }

    [Fact]
    public void Fit_constant_embeddings_answer_with_the_share_of_each_class()
    {
        var two = Fit([.. Enumerable.Range(0, 40).Select(index => Image(index, index < 10 ? "a" : "b", [0.1f, 0.7f, -3]))]);
        var three = Fit([.. Enumerable.Range(0, 40).Select(index => Image(index, index < 10 ? "a" : index < 20 ? "b" : "c", [0.1f, 0.7f, -3]))]);

        Assert.Equal(0.25f, two.Head.Uncalibrated.Classify([0.1f, 0.7f, -3])[0], 1e-4f);
        Assert.Equal(0.5f, three.Head.Uncalibrated.Classify([0.1f, 0.7f, -3])[2], 1e-4f);
    }

    [Fact]
    public void Fit_equal_embeddings_under_two_labels_are_in_doubt()
    {
        var images = Clusters(1, 30, 6, spread: 1).SelectMany((image, index) => new[]
        {
            image, Image(1000 + index, "b", image.Embedding.ToArray()),
        }).ToList();

        var fit = Fit(images);

        Assert.All(images, image => Assert.InRange(fit.Head.Classify(image.Embedding.Span)[0], 0.3, 0.7));
    }

    [Fact]
    public void Fit_balanced_finds_more_of_a_rare_class()
    {
        List<LabelledEmbedding> images = [.. Clusters(2, 200, 6, spread: 2.5f).Where((image, index) => image.Label == "a" || index % 20 == 1)];

        var (plain, balanced) = (Fit(images), LogisticTrainer.Fit(images, Labels(2), balanceClasses: true, cancellationToken: Token));

        int Found(LogisticFit fit) => images.Count(image => image.Label == "b" && Answer(fit.Head, image.Embedding, 2) == "b");
        Assert.True(Found(balanced) > Found(plain), $"{Found(balanced)} and {Found(plain)}");
    }

    [Fact]
    public void Fit_cancelled_in_an_iteration_stops_at_the_next()
    {
        using var cancellation = new CancellationTokenSource();
        var iterations = 0;
        var progress = new SynchronousProgress<EpochMetrics>(_ =>
        {
            iterations++;
            cancellation.Cancel();
        });

        Assert.ThrowsAny<OperationCanceledException>(
            () => LogisticTrainer.Fit(Clusters(2, 30, 8, spread: 1), Labels(2), progress: progress, cancellationToken: cancellation.Token));
        Assert.Equal(1, iterations);
    }

    [Fact]
    public void Choose_of_many_photos_takes_a_share_of_each_class_and_some_of_a_rare_one()
    {
        int[] targets = [.. Enumerable.Range(0, 10_000).Select(photo => photo < 9_000 ? 0 : photo < 9_990 ? 1 : 2)];
        string[] hashes = [.. Enumerable.Range(0, 10_000).Select(photo => ContentHash.Of(BitConverter.GetBytes(photo)))];

        var chosen = SearchSample.Choose(hashes, targets);

        Assert.Equal([540, 59, 4], chosen.GroupBy(photo => targets[photo]).Select(members => members.Count()));
        Assert.Equal(chosen.Order(), chosen);
    }

    private static LogisticFit Fit(IReadOnlyList<LabelledEmbedding> images) => LogisticTrainer.Fit(
        images, [.. images.Select(image => image.Label).Distinct().Order(StringComparer.Ordinal)], cancellationToken: Token);

    private static string Answer(LinearHead head, ReadOnlyMemory<float> embedding, int classes) =>
        Labels(classes)[head.Classify(embedding.Span) is var said ? said.AsSpan().IndexOf(said.Max()) : 0];

    private static List<LabelledEmbedding> Clusters(int classes, int perClass, int dimensions, float spread) =>
    [
        .. Enumerable.Range(0, classes * perClass).Select(index =>
        {
            var embedding = FormulaWeights.Values($"photo.{index}", dimensions, 0, spread);
            embedding[index % classes] += 2;
            return Image(index, Labels(classes)[index % classes], embedding);
        }),
    ];

    private static string[] Labels(int classes) => [.. "abcd"[..classes].Select(letter => letter.ToString())];

    private static LabelledEmbedding Image(int number, string label, float[] embedding) =>
        new(ContentHash.Of(BitConverter.GetBytes(number)), label, embedding);

    private static float Distance(ReadOnlyMemory<float> left, ReadOnlyMemory<float> right) => TensorPrimitives.Distance(left.Span, right.Span);
}
