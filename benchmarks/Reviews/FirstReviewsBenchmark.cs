using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Embeddings;
using DandelionMl.Photos;
using DandelionMl.ResNet18;
using DandelionMl.Training;

namespace DandelionMl.Benchmarks.Reviews;

/// <summary>What the first labels are worth, by the order in which photos are reviewed: accuracy on held-out photos after 20, 40 and 80 labels, ten
/// at a time, beginning with none. Means over splits of the photos in ten parts, seven of which are reviewed.</summary>
internal static class FirstReviewsBenchmark
{
    private const int Splits = 30;
    private const int Batch = 10;
    private const int MostLookedAt = 400;
    private const int ManyValues = 1953;

    private static readonly int[] Budgets = [10, 20, 40, 80];

    private static readonly (string Name, Order Next)[] Orders =
    [
        ("random", (photos, _, left, seed) => Shuffle(left, seed)[..Batch]),
        ("margin, spread", (photos, reviewed, left, seed) => ByReview(photos, reviewed, left, seed, areFew: false)),
        ("typical first", (photos, reviewed, left, seed) => ByReview(photos, reviewed, left, seed, areFew: true)),
        ("10 typical a class", (photos, reviewed, left, seed) => ByReview(photos, reviewed, left, seed, areFew: reviewed.Count < 20)),
        ("as the review", (photos, reviewed, left, seed) => ByReview(
            photos, reviewed, left, seed, ReviewSelection.AreFew(reviewed.Count, reviewed.Select(photo => photos.Labels[photo]).Distinct().Count()))),
    ];

    /// <summary>Which photos are reviewed next.</summary>
    private delegate int[] Order(Photos photos, IReadOnlyList<int> reviewed, int[] left, int seed);

    public static void Run(string photosFolder)
    {
        var labelled = LabelledPhotos.Read(photosFolder);
        using (var builtIn = BuiltInBackbone.Load())
        {
            Report(builtIn, labelled);
        }

        using (var resNet = ResNet18Backbone.Load(threads: 2))
        {
            Report(resNet, labelled);
        }

        using var mobileNet = MobileNetV2.TryLoad(threads: 2);
        if (mobileNet is not null)
        {
            Report(mobileNet, labelled);
        }

        Time();
    }

    /// <summary>The time of a choice by the most that the review looks at, with the longest embeddings.</summary>
    private static void Time()
    {
        var random = new Random(1);
        List<ReviewCandidate> candidates = [.. Enumerable.Range(0, MostLookedAt).Select(photo => new ReviewCandidate(
            photo, photo.ToString("d64", CultureInfo.InvariantCulture), 1, Drawn(random)))];
        float[][] few = [.. Enumerable.Range(0, Batch - 1).Select(_ => Drawn(random))];
        ReviewSelection.Choose(candidates, few, Batch, firstSlot: 0, randomShare: 0, few);
        var watch = Stopwatch.StartNew();
        ReviewSelection.Choose(candidates, few, Batch, firstSlot: 0, randomShare: 0, few);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"\n{Batch} typical photos of {MostLookedAt} with embeddings of {ManyValues:N0} values: {watch.ElapsedMilliseconds} ms"));
    }

    private static float[] Drawn(Random random) =>
        Direction.Of([.. Enumerable.Range(0, ManyValues).Select(_ => (float)random.NextGaussian())]);

    private static void Report(IBackbone backbone, LabelledPhotos labelled)
    {
        float[][] embeddings = [.. labelled.Files.Select(file => PhotoEmbedding.Of(backbone, LabelledPhotos.Decode(file)))];
        var photos = new Photos(embeddings, [.. embeddings.Select(embedding => Direction.Of(embedding))], [.. labelled.Labels]);
        Console.WriteLine($"\n{backbone.Info.Id,-20}{string.Concat(Budgets.Select(budget => $"{budget + " labels",12}"))}");
        foreach (var (name, next) in Orders)
        {
            var accuracies = Enumerable.Range(0, Splits).AsParallel().AsOrdered().Select(split => Simulate(photos, next, split)).ToList();
            var means = Budgets.Select((_, index) => accuracies.Average(one => one[index])).ToArray();
            Console.WriteLine($"{name,-20}{string.Concat(means.Select(mean => mean.ToString("F3", CultureInfo.InvariantCulture).PadLeft(12)))}");
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "first-reviews", backbone = backbone.Info.Id, order = name, labels = Budgets, accuracy = means }));
        }
    }

    private static double[] Simulate(Photos photos, Order next, int split)
    {
        var part = CrossValidation.AssignFolds(photos.Labels, split, folds: 10);
        var left = Enumerable.Range(0, part.Length).Where(photo => part[photo] >= 3).ToList();
        int[] test = [.. Enumerable.Range(0, part.Length).Where(photo => part[photo] < 3)];
        var (reviewed, accuracies) = (new List<int>(), new List<double>());
        while (accuracies.Count < Budgets.Length)
        {
            var batch = next(photos, reviewed, [.. left], (100 * split) + reviewed.Count);
            reviewed.AddRange(batch);
            left.RemoveAll(batch.Contains);
            if (reviewed.Count == Budgets[accuracies.Count])
            {
                var head = Fit(photos, reviewed);
                accuracies.Add(test.Average(photo => (head.Classify(photos.Embeddings[photo])[1] > 0.5f ? 1 : 0) == photos.Labels[photo] ? 1.0 : 0));
            }
        }

        return [.. accuracies];
    }

    /// <summary>The review's own selection, by the model that the labels until now give; at random before there is one.</summary>
    private static int[] ByReview(Photos photos, IReadOnlyList<int> reviewed, int[] left, int seed, bool areFew)
    {
        var hasModel = reviewed.Select(photo => photos.Labels[photo]).Distinct().Count() == 2;
        if (!hasModel && !areFew)
        {
            return Shuffle(left, seed)[..Batch];
        }

        var head = hasModel ? Fit(photos, reviewed) : null;
        var candidates = left.Select(photo => new ReviewCandidate(
            photo, photo.ToString("d64", CultureInfo.InvariantCulture),
            head is null ? 1 : Math.Abs((2 * head.Classify(photos.Embeddings[photo])[1]) - 1), photos.Directions[photo])).ToList();
        float[][] known = [.. reviewed.Select(photo => photos.Directions[photo])];
        return [.. ReviewSelection.Choose(candidates, known, Batch, firstSlot: 0, randomShare: 0, areFew ? known : null).Select(chosen => (int)chosen.ImageId)];
    }

    private static LinearHead Fit(Photos photos, IReadOnlyList<int> reviewed) => HeadTrainer.Fit(
        [.. reviewed.Select(photo => photos.Embeddings[photo])], [.. reviewed.Select(photo => photos.Labels[photo])], classes: 2, new TrainingOptions());

    private static int[] Shuffle(int[] photos, int seed)
    {
        int[] shuffled = [.. photos];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>Embeddings, the same scaled to length one, and classes.</summary>
    private sealed record Photos(float[][] Embeddings, float[][] Directions, int[] Labels);
}
