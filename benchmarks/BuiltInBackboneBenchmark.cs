using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Imaging;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;

namespace DandelionMl.Benchmarks;

/// <summary>How good and how fast the built-in backbone is: accuracy of logistic regression by 3×5-fold cross-validation, with
/// everything that the backbone learns learned anew from the training photos of each fold, and milliseconds a photo on one
/// thread.</summary>
internal static class BuiltInBackboneBenchmark
{
    private const int Repeats = 3;
    private const int Folds = 5;

    // With a tenth and with ten times this, the accuracies differ by less than their error.
    private const double Penalty = 0.01;

    /// <summary>Speed alone, in seconds: on each photo, without the cross-validation.</summary>
    public static void RunSpeed(string photosFolder)
    {
        var photos = LabelledPhotos.Read(photosFolder);
        var images = photos.Files.Select(Preprocess).ToArray();
        MeasureSpeed(photos, images);
        var (decode, preprocess, embed) = MeasureSpeed(photos, images);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ms a photo: decode {decode:F2}, preprocess {preprocess:F2}, embed {embed:F2}"));
        Console.WriteLine(JsonSerializer.Serialize(
            new { benchmark = "built-in-speed", decodeMs = decode, preprocessMs = preprocess, embedMs = embed }));
    }

    public static void Run(string photosFolder)
    {
        var photos = LabelledPhotos.Read(photosFolder);
        var images = photos.Files.Select(Preprocess).ToArray();
        var labels = photos.Labels.ToArray();
        var watch = Stopwatch.StartNew();
        var accuracies = new List<double>();
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var foldOf = CrossValidation.AssignFolds(labels, repeat, Folds);
            for (var fold = 0; fold < Folds; fold++)
            {
                accuracies.Add(Evaluate(images, labels, foldOf, fold));
            }

            Console.WriteLine($"repeat {repeat + 1} of {Repeats}: {accuracies.TakeLast(Folds).Average():F4}");
        }

        var mean = accuracies.Average();
        var deviation = Math.Sqrt(accuracies.Average(accuracy => (accuracy - mean) * (accuracy - mean)));
        var seconds = watch.Elapsed.TotalSeconds;
        var (decode, preprocess, embed) = MeasureSpeed(photos, images);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            built-in backbone, {photos.Count} photos, {EmbeddingLength} dimensions
            accuracy, {Repeats}×{Folds}-fold   {mean:F4} ± {deviation:F4} (standard deviation over folds)
            decode, ms a photo      {decode:F2}
            preprocess, ms a photo  {preprocess:F2}
            embed, ms a photo       {embed:F2}
            cross-validation took {seconds:F0} s
            """));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            benchmark = "built-in-backbone",
            photos = photos.Count,
            dimensions = EmbeddingLength,
            accuracy = mean,
            accuracyDeviation = deviation,
            decodeMs = decode,
            preprocessMs = preprocess,
            embedMs = embed,
        }));
    }

    private static int EmbeddingLength => EmbeddingBlock.TotalLength;

    private static float[] Preprocess(byte[] file)
    {
        var preprocessing = Preprocessing.SquashUnit96;
        var image = new float[preprocessing.TensorLength];
        preprocessing.Apply(LabelledPhotos.Decode(file), image);
        return image;
    }

    private static double Evaluate(float[][] images, int[] labels, int[] foldOf, int fold)
    {
        var train = Enumerable.Range(0, labels.Length).Where(i => foldOf[i] != fold).ToArray();
        var test = Enumerable.Range(0, labels.Length).Where(i => foldOf[i] == fold).ToArray();
        var weights = new BuiltInBackboneTrainer().Train([.. train.Select(i => images[i])]);
        using var backbone = new BuiltInBackbone("fold", weights);
        var embeddings = Array.ConvertAll(images, image => Embed(backbone, image));
        var head = new LogisticRegression([.. train.Select(i => embeddings[i])], [.. train.Select(i => labels[i])], Penalty);
        return test.Average(i => head.Logit(embeddings[i]) > 0 == (labels[i] == 1) ? 1.0 : 0);
    }

    private static float[] Embed(BuiltInBackbone backbone, float[] image)
    {
        var embedding = new float[backbone.Info.Dimensions];
        backbone.Embed(image, embedding);
        return embedding;
    }

    /// <summary>Medians of single photos, after everything has run many times.</summary>
    private static (double Decode, double Preprocess, double Embed) MeasureSpeed(LabelledPhotos photos, float[][] images)
    {
        using var backbone = BuiltInBackbone.Load();
        var decoded = photos.Files.Select(LabelledPhotos.Decode).ToArray();
        var tensor = new float[backbone.Info.Preprocessing.TensorLength];
        var embedding = new float[backbone.Info.Dimensions];
        return (
            MedianMilliseconds(photos.Count, i => LabelledPhotos.Decode(photos.Files[i])),
            MedianMilliseconds(photos.Count, i => backbone.Info.Preprocessing.Apply(decoded[i], tensor)),
            MedianMilliseconds(photos.Count, i => backbone.Embed(images[i], embedding)));
    }

    private static double MedianMilliseconds(int count, Action<int> action)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action(i);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Order().ElementAt(count / 2);
    }
}
