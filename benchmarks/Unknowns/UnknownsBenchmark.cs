using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Imaging;
using DandelionMl.ResNet18;
using DandelionMl.Training;

namespace DandelionMl.Benchmarks.Unknowns;

/// <summary>How well photos are told that a model was not taught, by several scores and on each backbone: area under the ROC curve, held-out
/// photos that are called unknown where 95 % of the strangers are, and what a bound set on training photos for 5 % false alarms gives.
/// Figures are means over splits of the photos in ten parts, seven of which the model learns from.</summary>
internal static class UnknownsBenchmark
{
    private const int Splits = 4;
    private const int Folds = 10;
    private const double FalseAlarmRate = 0.05;

    /// <param name="photosFolder">Photos of two classes, in a folder for each.</param>
    /// <param name="strangersFolder">Photographs of other things, in folders <c>near</c> and <c>far</c>; null for drawn ones alone.</param>
    public static void Run(string photosFolder, string? strangersFolder)
    {
        var labelled = LabelledPhotos.Read(photosFolder);
        var photos = new Photos([.. labelled.Files.Select(LabelledPhotos.Decode)], [.. labelled.Labels], ReadStrangers(strangersFolder));
        using (var builtIn = BuiltInBackbone.Load())
        {
            // It was learned from such photos, so it is learned anew from those that each split may know.
            Report(builtIn.Info.Id, photos, known => new BuiltInBackbone("split", new BuiltInBackboneTrainer { MaxDegreeOfParallelism = 2 }.Train(known)));
        }

        using (var resNet = ResNet18Backbone.Load(threads: 2))
        {
            Report(resNet.Info.Id, photos, _ => resNet);
        }

        using var mobileNet = MobileNetV2.TryLoad(threads: 2);
        if (mobileNet is not null)
        {
            Report(mobileNet.Info.Id, photos, _ => mobileNet);
        }
    }

    private static Dictionary<string, RgbImage[]> ReadStrangers(string? folder)
    {
        return folder is null ? [] : new() { ["near, photographs"] = Read("near"), ["far, photographs"] = Read("far") };

        RgbImage[] Read(string name) => [.. Directory.GetFiles(Path.Combine(folder, name)).Order(StringComparer.Ordinal)
            .Select(file => LabelledPhotos.Decode(File.ReadAllBytes(file)))];
    }

    private static void Report(string backbone, Photos photos, Func<IReadOnlyList<RgbImage>, IBackbone> make)
    {
        var figures = Enumerable.Range(0, Splits).SelectMany(split => Measure(photos, make, split)).ToList();
        Console.WriteLine($"\n{backbone,-20}{"strangers",-20}{"AUC",7}{"at 95 %",9}{"told",7}{"false alarms",14}{"µs a photo",12}");
        foreach (var group in figures.GroupBy(figure => (figure.Score, figure.Strangers)))
        {
            var mean = new Figure(
                group.Key.Score, group.Key.Strangers, group.Average(one => one.Auc), group.Average(one => one.AlarmsAt95), group.Average(one => one.Told),
                group.Average(one => one.FalseAlarms), group.Min(one => one.Microseconds));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{mean.Score,-20}{mean.Strangers,-20}{mean.Auc,7:F3}{mean.AlarmsAt95,9:F3}{mean.Told,7:F3}{mean.FalseAlarms,14:F3}{mean.Microseconds,12:F1}"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "unknowns", backbone, mean }));
        }
    }

    private static IEnumerable<Figure> Measure(Photos photos, Func<IReadOnlyList<RgbImage>, IBackbone> make, int split)
    {
        var part = CrossValidation.AssignFolds(photos.Labels, split, folds: 10);
        var taught = Enumerable.Range(0, part.Length).Where(photo => part[photo] >= 3).ToArray();
        RgbImage[] heldOut = [.. Enumerable.Range(0, part.Length).Where(photo => part[photo] < 3).Select(photo => photos.Images[photo])];
        var backbone = make([.. taught.Select(photo => photos.Images[photo])]);
        var trained = Embed(backbone, taught.Select(photo => photos.Images[photo]));
        var familiar = Embed(backbone, heldOut);
        int[] labels = [.. taught.Select(photo => photos.Labels[photo])];
        (string Name, float[][] Embeddings)[] strangers =
        [
            ("near, drawn", Embed(backbone, DrawnStrangers.Near(heldOut))),
            ("far, drawn", Embed(backbone, DrawnStrangers.Far())),
            .. photos.Strangers.Select(set => (set.Key, Embed(backbone, set.Value))),
        ];
        foreach (var (name, fit) in StrangerScores.All)
        {
            var score = fit(trained, HeadTrainer.Fit(trained, labels, classes: 2, new TrainingOptions()));
            var watch = Stopwatch.StartNew();
            var known = Array.ConvertAll(familiar, photo => score(photo));
            var microseconds = watch.Elapsed.TotalMicroseconds / known.Length;
            var bound = name == StrangerScores.OfTheLibrary
                ? FamiliarRegionFit.Find(Group(trained, backbone.Info.DuplicateThreshold), FalseAlarmRate)!.Bound
                : Bound(fit, trained, labels);
            foreach (var set in strangers)
            {
                var strange = Array.ConvertAll(set.Embeddings, photo => score(photo));
                var at95 = strange.Order().ElementAt((int)(0.05 * strange.Length));
                yield return new Figure(
                    name, set.Name, strange.Average(one => known.Average(other => one > other ? 1.0 : one < other ? 0 : 0.5)), Share(known, at95, orEqual: true),
                    Share(strange, bound), Share(known, bound), microseconds);
            }
        }
    }

    /// <summary>The bound that training photos give, each scored by what was fitted without its fold.</summary>
    private static double Bound(StrangerScores.Fit fit, float[][] photos, int[] labels)
    {
        var fold = CrossValidation.AssignFolds(labels, seed: 7, Folds);
        var scores = Enumerable.Range(0, Folds).SelectMany(one =>
        {
            int[] others = [.. Enumerable.Range(0, photos.Length).Where(photo => fold[photo] != one)];
            float[][] embeddings = [.. others.Select(photo => photos[photo])];
            var score = fit(embeddings, HeadTrainer.Fit(embeddings, [.. others.Select(photo => labels[photo])], classes: 2, new TrainingOptions()));
            return photos.Where((_, photo) => fold[photo] == one).Select(score).ToList();
        });
        return scores.Order().ElementAt((int)Math.Ceiling((photos.Length + 1) * (1 - FalseAlarmRate)) - 1);
    }

    private static double Share(double[] scores, double bound, bool orEqual = false) =>
        scores.Average(score => score > bound || (orEqual && score == bound) ? 1.0 : 0);

    private static float[][] Embed(IBackbone backbone, IEnumerable<RgbImage> images) => [.. images.Select(image => PhotoEmbedding.Of(backbone, image))];

    /// <summary>Embeddings with their groups of near-duplicates.</summary>
    private static LabelledEmbedding[] Group(float[][] embeddings, float threshold) =>
    [
        .. NearDuplicates.FindLeaders([.. embeddings], threshold)
            .Select((leader, index) => new LabelledEmbedding($"{index}", "", embeddings[index]) { Leader = $"{leader}" }),
    ];

    /// <summary>The photos that a model is taught or tested on, with their classes, and photographs of other things.</summary>
    private sealed record Photos(RgbImage[] Images, int[] Labels, IReadOnlyDictionary<string, RgbImage[]> Strangers);

    /// <summary>How well a score tells some strangers.</summary>
    private sealed record Figure(string Score, string Strangers, double Auc, double AlarmsAt95, double Told, double FalseAlarms, double Microseconds);
}
