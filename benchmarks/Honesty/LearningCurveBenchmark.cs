using System.Diagnostics;
using System.Globalization;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Tests.Training.LearningCurves;
using DandelionMl.Training;
using DandelionMl.Training.LearningCurves;

namespace DandelionMl.Benchmarks.Honesty;

/// <summary>Whether the learning curve's interval holds what a hundred more photos bring: they are held back, and then trained on. What they bring is
/// the mean over all draws; <i>own</i> is how often the interval holds what the hundred photos of the draw itself bring, which is luck, too.</summary>
internal static class LearningCurveBenchmark
{
    private const int Draws = 40;
    private const int More = LearningCurveFit.More;

    public static void Run(string folder)
    {
        Console.WriteLine($"{Draws} draws each; {More} photos are held back. held: share of intervals that hold what they bring on the average");
        Console.WriteLine($"{"photos",-48} {"accuracy",8} {"told",6} {"gain",7} {"told",7} {"from",7} {"to",7} {"held",6} {"own",6} {"ms",6}");
        foreach (var (classes, width, distance, wrong, photos) in ((int, int, double, double, int)[])
            [(2, 64, 1, 0, 100), (2, 64, 1, 0, 300), (2, 256, 1.5, 0.05, 150), (2, 64, 3, 0, 150), (5, 128, 1.5, 0, 200), (5, 64, 2.5, 0.1, 400), (10, 64, 2, 0, 300)])
        {
            var source = new DrawnEmbeddings(classes, width, distance, wrong);
            var others = source.Draw(3_000, seed: 1);
            Report(
                string.Create(CultureInfo.InvariantCulture, $"{photos} drawn, {classes} classes, {width} values, {distance} apart"), photos,
                draw => (source.Draw(photos + More, 100 + draw), others), source.Labels);
        }

        var real = Directory.Exists(folder) ? Embed(LabelledPhotos.Read(folder)) : [];
        ReportAlone(real);
        if (real.Length == 0)
        {
            Console.WriteLine($"There are no photos in {folder}: they are left out.");
            return;
        }

        Report("140 of the 300, built-in", 140, draw => Split(real, 140 + More, draw), EmbeddedPhotos.Labels);
        Report("100 of the 300, built-in", 100, draw => Split(real, 100 + More, draw), EmbeddedPhotos.Labels);
        Time();
    }

    /// <param name="name">What the photos are.</param>
    /// <param name="photos">How many are known; those that follow are held back.</param>
    /// <param name="draw">Photos to train on, and others to be tested on.</param>
    /// <param name="labels">The classes.</param>
    private static void Report(string name, int photos, Func<int, (LabelledEmbedding[] All, LabelledEmbedding[] Others)> draw, string[] labels)
    {
        var results = Enumerable.Range(0, Draws).AsParallel().AsOrdered().Select(number =>
        {
            var (all, others) = draw(number);
            var clock = Stopwatch.GetTimestamp();
            var curve = LearningCurveFit.Run(all[..photos]);
            var time = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
            var before = DrawnEmbeddings.Accuracy(all[..photos], others, labels);
            return (Curve: curve, Before: before, Gain: DrawnEmbeddings.Accuracy(all, others, labels) - before, Time: time);
        }).ToList();
        var gain = results.Average(result => result.Gain);
        var told = results.ConvertAll(result => result.Curve.Gains.First(item => item.More == More).Accuracy);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-48} {results.Average(result => result.Before),8:0.000} {results.Average(result => result.Curve.Accuracy),6:0.000} {gain,7:0.0000} {told.Average(item => item.Value),7:0.0000} {told.Average(item => item.Low),7:0.0000} {told.Average(item => item.High),7:0.0000} {told.Average(item => item.Low <= gain && gain <= item.High ? 1.0 : 0),6:0.00} {told.Zip(results).Average(item => item.First.Low <= item.Second.Gain && item.Second.Gain <= item.First.High ? 1.0 : 0),6:0.00} {results.Average(result => result.Time),6:0}"));
    }

    /// <summary>The same of photos of one class alone.</summary>
    private static void ReportAlone(LabelledEmbedding[] real)
    {
        Console.WriteLine($"{"more photos of one class alone",-48} {"",6} {"brought",7} {"told",7} {"from",7} {"to",7} {"held",6} {"own",6}");
        foreach (var (classes, width, distance, wrong, photos) in ((int, int, double, double, int)[])
            [(2, 64, 1, 0, 300), (2, 256, 1.5, 0.05, 150), (2, 64, 3, 0, 150), (3, 64, 1.5, 0, 200), (5, 64, 2.5, 0.1, 400)])
        {
            var source = new DrawnEmbeddings(classes, width, distance, wrong);
            var others = source.Draw(1_500, seed: 1);
            ReportAlone(
                string.Create(CultureInfo.InvariantCulture, $"{photos} drawn, {classes} classes, {width} values, {distance} apart"), source.Labels,
                draw => (source.Draw(photos, 100 + draw), others), (draw, label, more) => source.DrawOf(label, more, 1_000 + draw));
        }

        if (real.Length > 0)
        {
            const int known = 100;
            var spare = known / 2;
            ReportAlone(
                $"{known} of the 300, built-in", EmbeddedPhotos.Labels,
                draw => (Split(real, known, draw).All, [.. EmbeddedPhotos.Labels.SelectMany(label => OfLabel(draw, label).Skip(spare).Take(spare))]),
                (draw, label, more) => [.. OfLabel(draw, label).Take(Math.Min(more, spare))]);

            IEnumerable<LabelledEmbedding> OfLabel(int draw, string label) => Split(real, known, draw).Others.Where(photo => photo.Label == label);
        }
    }

    private static void ReportAlone(
        string name, string[] labels, Func<int, (LabelledEmbedding[] Known, LabelledEmbedding[] Others)> draw, Func<int, string, int, LabelledEmbedding[]> drawMore)
    {
        var label = labels[0];
        var results = Enumerable.Range(0, Draws).AsParallel().AsOrdered().Select(number =>
        {
            var (known, others) = draw(number);
            var own = LearningCurveFit.Run(known).Classes[0].Own!;
            var before = DrawnEmbeddings.Accuracy(known, others, labels, label);
            var after = DrawnEmbeddings.Accuracy([.. known, .. drawMore(number, label, own.More)], others, labels, label);
            return (Own: own, Accuracy: after.Accuracy - before.Accuracy, Recall: after.Recall - before.Recall);
        }).ToList();
        Line("recall", result => result.Own.Recall, result => result.Recall);
        Line("all", result => result.Own.Accuracy, result => result.Accuracy);

        void Line(string what, Func<(OwnGain Own, double Accuracy, double Recall), Likely> told, Func<(OwnGain Own, double Accuracy, double Recall), double> brought)
        {
            var gain = results.Average(brought);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-48} {what,6} {gain,7:0.0000} {results.Average(item => told(item).Value),7:0.0000} {results.Average(item => told(item).Low),7:0.0000} {results.Average(item => told(item).High),7:0.0000} {results.Average(item => told(item).Low <= gain && gain <= told(item).High ? 1.0 : 0),6:0.00} {results.Average(item => told(item).Low <= brought(item) && brought(item) <= told(item).High ? 1.0 : 0),6:0.00}"));
        }
    }

    /// <summary>The time on as many photos as an installation may have, with embeddings as long as the built-in backbone's.</summary>
    private static void Time()
    {
        var photos = new DrawnEmbeddings(classes: 2, width: 1_953, distance: 2).Draw(20_000, seed: 1);
        var clock = Stopwatch.GetTimestamp();
        LearningCurveFit.Run(photos);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{photos.Length} photos of 1,953 values: {Stopwatch.GetElapsedTime(clock).TotalSeconds:0.0} s"));
    }

    private static LabelledEmbedding[] Embed(LabelledPhotos photos)
    {
        using var backbone = BuiltInBackbone.Load();

        // One of each group, so that as many photos are drawn as are counted.
        return [.. EmbeddedPhotos.Of(backbone, photos).Where(photo => photo.Leader == photo.Sha256)];
    }

    private static (LabelledEmbedding[] All, LabelledEmbedding[] Others) Split(LabelledEmbedding[] photos, int trained, int seed)
    {
        LabelledEmbedding[] shuffled = [.. photos];
#pragma warning disable CA5394 // A draw needs no secret randomness.
        new Random(seed).Shuffle(shuffled);
#pragma warning restore CA5394
        return (shuffled[..trained], shuffled[trained..]);
    }
}
