using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Storage;
using DandelionMl.Training;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Benchmarks.Head;

/// <summary>The head fitted by Adam, as the reference system does, and by logistic regression, side by side: accuracy, log loss and calibration
/// error on photos held out by 3×5-fold cross-validation, and the time of a fit; then the time on many drawn embeddings.</summary>
internal static class HeadBenchmark
{
    private const int Repeats = 3;
    private const int Folds = 5;
    private const int Rounds = 2;
    private const int ManyPhotos = 20_000;
    private const int ManyValues = 1953;

    private static readonly string[] Labels = EmbeddedPhotos.Labels;

    public static void Run(string photosFolder)
    {
        var photos = LabelledPhotos.Read(photosFolder);
        Console.WriteLine($"{photos.Count} photos, {Repeats}×{Folds} folds; the time is the median of a fit, and that of Adam divided by it");
        Console.WriteLine($"{"",-34}{"accuracy",10}{"log loss",10}{"calibration error",19}{"ms",8}{"ratio",8}");
        using (var builtIn = BuiltInBackbone.Load())
        {
            Compare(builtIn, photos);
        }

        using var mobileNet = MobileNetV2.TryLoad(threads: 1);
        if (mobileNet is not null)
        {
            Compare(mobileNet, photos);
        }

        CompareMany();
    }

    private static void Compare(IBackbone backbone, LabelledPhotos photos)
    {
        var embedded = EmbeddedPhotos.Of(backbone, photos);
        var adam = new Measured("Adam, reference");
        var (plain, calibrated) = (new Measured("logistic regression"), new Measured("the same, calibrated"));

        // The first round is not measured: it is what compiles.
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var measured in new[] { adam, plain, calibrated })
            {
                measured.Clear();
            }

            foreach (var (known, held) in Divisions(embedded, photos.Labels))
            {
                var targets = Array.ConvertAll(known, photo => photo.Label == Labels[0] ? 0 : 1);
                var byAdam = adam.Time(() => HeadTrainer.Fit([.. known.Select(photo => photo.Embedding.ToArray())], targets, Labels.Length, new TrainingOptions()));
                var logistic = calibrated.Time(() => LogisticTrainer.Fit(known, Labels).Head);
                adam.Add(byAdam, held);
                calibrated.Add(logistic, held);
                plain.Add(logistic.Uncalibrated, held);
            }
        }

        adam.Report(backbone.Info.Id, adam);
        plain.Report(backbone.Info.Id, null);
        calibrated.Report(backbone.Info.Id, adam);
    }

    private static IEnumerable<(LabelledEmbedding[] Known, LabelledEmbedding[] Held)> Divisions(LabelledEmbedding[] photos, IReadOnlyList<int> labels)
    {
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var foldOf = CrossValidation.AssignFolds([.. labels], repeat, Folds);
            for (var fold = 0; fold < Folds; fold++)
            {
                yield return (
                    [.. photos.Where((_, index) => foldOf[index] != fold).OrderBy(photo => photo.Sha256, StringComparer.Ordinal)],
                    [.. photos.Where((_, index) => foldOf[index] == fold)]);
            }
        }
    }

    /// <summary>Two classes that overlap, of many scenes each.</summary>
    private static void CompareMany()
    {
        var random = new Random(1);
        var scenes = Enumerable.Range(0, 200).Select(_ => Draw(random)).ToArray();
        LabelledEmbedding[] photos = [.. Enumerable.Range(0, ManyPhotos).Select(number =>
        {
            var embedding = Draw(random);
            TensorPrimitives.MultiplyAdd(scenes[number % scenes.Length], 0.7f, embedding, embedding);
            return new LabelledEmbedding(ContentHash.Of(BitConverter.GetBytes(number)), Labels[number % 2], embedding);
        })];
        int[] targets = [.. Enumerable.Range(0, ManyPhotos).Select(number => number % 2)];
        float[][] embeddings = [.. photos.Select(photo => photo.Embedding.ToArray())];
        var (adam, logistic) = (new Measured("Adam"), new Measured("logistic regression"));
        logistic.Time(() => LogisticTrainer.Fit(photos, Labels).Head);
        adam.Time(() => HeadTrainer.Fit(embeddings, targets, Labels.Length, new TrainingOptions()));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{ManyPhotos:N0} drawn embeddings of {ManyValues:N0} values: Adam {adam.Milliseconds / 1000:0.0} s ({adam.ProcessorMilliseconds / 1000:0.0} s of processor time), logistic regression {logistic.Milliseconds / 1000:0.0} s ({logistic.ProcessorMilliseconds / 1000:0.0} s), {adam.Milliseconds / logistic.Milliseconds:0.0} times as fast"));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            benchmark = "head-many", photos = ManyPhotos, values = ManyValues, adam = adam.Milliseconds, logistic = logistic.Milliseconds,
            ratio = adam.Milliseconds / logistic.Milliseconds,
        }));
    }

    private static float[] Draw(Random random) => [.. Enumerable.Range(0, ManyValues).Select(_ => (float)random.NextGaussian())];

    /// <summary>What a way to fit a head comes to.</summary>
    private sealed class Measured(string name)
    {
        private readonly List<EvaluatedImage> _answers = [];
        private readonly List<double> _times = [];

        public double Milliseconds => _times.Order().ElementAt(_times.Count / 2);

        public double ProcessorMilliseconds { get; private set; }

        public void Clear()
        {
            _answers.Clear();
            _times.Clear();
        }

        public LinearHead Time(Func<LinearHead> fit)
        {
            var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var head = fit();
            _times.Add(watch.Elapsed.TotalMilliseconds);
            ProcessorMilliseconds = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds;
            return head;
        }

        public void Add(LinearHead head, LabelledEmbedding[] held) =>
            _answers.AddRange(held.Select(photo => new EvaluatedImage(head.Classify(photo.Embedding.Span), photo.Label == Labels[0] ? 0 : 1)));

        public void Report(string backbone, Measured? adam)
        {
            var metrics = Evaluation.Measure(Labels, _answers);
            var time = adam is null ? $"{"",16}" : string.Create(CultureInfo.InvariantCulture, $"{Milliseconds,8:0.0}{adam.Milliseconds / Milliseconds,8:0.00}");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{backbone + ", " + name,-34}{metrics.Accuracy,10:0.000}{metrics.Loss,10:0.000}{metrics.ExpectedCalibrationError,19:0.000}{time}"));
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                benchmark = "head", backbone, method = name, accuracy = metrics.Accuracy, logLoss = metrics.Loss,
                calibrationError = metrics.ExpectedCalibrationError, ms = adam is null ? (double?)null : Milliseconds,
                ratio = adam is null ? (double?)null : adam.Milliseconds / Milliseconds,
            }));
        }
    }
}
