using System.Globalization;
using System.Text.Json;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Storage;
using DandelionMl.Training;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Benchmarks.Honesty;

/// <summary>The classes that a photo may be of, at a stated coverage: on how many new photos their own class is among them, and how many
/// classes that takes; on drawn embeddings and on photos.</summary>
internal static class PredictionSetsBenchmark
{
    private const int Draws = 100;
    private const int Splits = 40;
    private const int NewPhotos = 600;
    private const int Dimensions = 16;
    private const double Distance = 1.5;

    private static readonly double[] Coverages = [0.9, 0.95];

    public static void Run(string photosFolder)
    {
        Console.WriteLine($"\nPrediction sets: {Draws} draws of {NewPhotos} new photos, and {Splits} splits of photos of which 70 % are trained on");
        Console.WriteLine($"{"",-34}{"stated",8}{"covered",9}{"least of a class",18}{"worst twentieth",17}{"classes named",15}{"accuracy",10}");
        foreach (var (classes, perClass) in new[] { (2, 15), (2, 50), (2, 200), (5, 20), (5, 100), (20, 10), (20, 30) })
        {
            Report($"drawn, {classes} classes of {perClass}", [.. Enumerable.Range(1, Draws).Select(seed => Draw(classes, perClass, seed))]);
        }

        var photos = LabelledPhotos.Read(photosFolder);
        BackbonesAtHand.ForEach(backbone => Report(backbone.Info.Id, Split(EmbeddedPhotos.Of(backbone, photos))));
    }

    /// <summary>Splits photos so that near-duplicates are on one side.</summary>
    private static List<Division> Split(LabelledEmbedding[] photos) =>
    [
        .. Enumerable.Range(1, Splits).Select(seed =>
        {
            string[] groups = [.. photos.Select(photo => photo.Leader).Distinct().Order(StringComparer.Ordinal)];
            new Random(seed).Shuffle(groups);
            var known = groups[..(groups.Length * 7 / 10)].ToHashSet();
            return new Division(
                EmbeddedPhotos.Labels,
                [.. photos.Where(photo => known.Contains(photo.Leader)).OrderBy(photo => photo.Sha256, StringComparer.Ordinal)],
                [.. photos.Where(photo => !known.Contains(photo.Leader))]);
        }),
    ];

    private static Division Draw(int classes, int perClass, int seed)
    {
        var random = new Random(seed);
        string[] labels = [.. Enumerable.Range(0, classes).Select(index => $"class {index:00}")];
        double[][] middles = [.. labels.Select(_ => Enumerable.Range(0, Dimensions).Select(_ => Distance * random.NextGaussian()).ToArray())];
        LabelledEmbedding[] photos = [.. Enumerable.Range(0, (classes * perClass) + NewPhotos).Select(number => new LabelledEmbedding(
            ContentHash.Of(BitConverter.GetBytes(number)), labels[number % classes],
            Array.ConvertAll(middles[number % classes], value => (float)(value + (2.5 * random.NextGaussian())))))];
        return new Division(labels, photos[..(classes * perClass)], photos[(classes * perClass)..]);
    }

    private static void Report(string name, List<Division> divisions)
    {
        foreach (var coverage in Coverages)
        {
            var measured = divisions.Select(division => Measure(division, coverage)).OfType<Measured>().ToList();
            if (measured.Count == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34}{coverage,8:P0}  too few photos"));
                continue;
            }

            var all = new Measured(
                measured.Average(one => one.Covered), [.. measured[0].OfClass.Select((_, index) => measured.Average(one => one.OfClass[index]))],
                measured.Average(one => one.Size), measured.Average(one => one.Accuracy));
            var worst = measured.Select(one => one.Covered).Order().ElementAt(measured.Count / 20);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-34}{coverage,8:P0}{all.Covered,9:P1}{all.OfClass.Min(),18:P1}{worst,17:P1}{all.Size,15:0.00}{all.Accuracy,10:P1}"));
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                benchmark = "honesty-sets", name, coverage, covered = all.Covered, leastOfClass = all.OfClass.Min(), worstTwentieth = worst, size = all.Size,
                accuracy = all.Accuracy,
            }));
        }
    }

    private static Measured? Measure(Division division, double coverage)
    {
        var (labels, known, held) = division;
        var fit = LogisticTrainer.Fit(known, labels);
        if (fit.Choice.HeldOut is not { } heldOut
            || PredictionSetsFit.Find(heldOut, fit.Head.Temperature, [.. known.Select(photo => photo.Leader)], labels.Length, coverage) is not { } sets)
        {
            return null;
        }

        var answers = held.Select(photo => (Own: Array.IndexOf(labels, photo.Label), Set: sets.Of(fit.Head.Classify(photo.Embedding.Span)))).ToList();
        return new Measured(
            answers.Average(answer => answer.Set.Contains(answer.Own) ? 1.0 : 0),
            [.. answers.GroupBy(answer => answer.Own).OrderBy(group => group.Key).Select(group => group.Average(answer => answer.Set.Contains(answer.Own) ? 1.0 : 0))],
            answers.Average(answer => answer.Set.Length), answers.Average(answer => answer.Set[0] == answer.Own ? 1.0 : 0));
    }

    private sealed record Division(string[] Labels, LabelledEmbedding[] Known, LabelledEmbedding[] Held);

    private sealed record Measured(double Covered, double[] OfClass, double Size, double Accuracy);
}
