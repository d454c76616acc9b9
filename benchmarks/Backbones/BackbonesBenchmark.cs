using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.DinoV2;
using DandelionMl.Imaging;
using DandelionMl.ResNet18;
using DandelionMl.Training;

namespace DandelionMl.Benchmarks.Backbones;

/// <summary>The backbones side by side on the same photos: accuracy and log loss of logistic regression by 3×5-fold
/// cross-validation, how well photos of a class that is not known are told, milliseconds a photo on one
/// thread, and bytes.</summary>
internal static class BackbonesBenchmark
{
    private const int Repeats = 3;
    private const int Folds = 5;

    // 1.8·10⁹ multiply-adds a photo of 224 × 224: He et al., Deep Residual Learning for Image Recognition (2015), table 1.
    private const double ResNet18Gigaflop = 2 * 1.8;

    public static void Run(string photosFolder, string? dinoV2Weights)
    {
        var photos = LabelledPhotos.Read(photosFolder);
        var labels = photos.Labels.ToArray();
        var peak = MatrixPeak.Measure(threads: 1);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{photos.Count} photos; accuracy ± standard deviation over {Repeats}×{Folds} folds\n{"",-20}{"accuracy",18}{"log loss",10}{"strangers, AUC",16}{"ms a photo",12}{"of peak",9}{"MB",7}"));
        foreach (var candidate in Candidates(photos, dinoV2Weights))
        {
            Report(candidate, labels, photos, peak);
        }
    }

    private static IEnumerable<Candidate> Candidates(LabelledPhotos photos, string? dinoV2Weights)
    {
        using (var builtIn = BuiltInBackbone.Load())
        {
            yield return BuiltIn(builtIn, photos);
        }

        using (var resNet = ResNet18Backbone.Load(threads: 1))
        {
            yield return Pretrained(resNet, photos, ResNet18Backbone.Bytes, ResNet18Gigaflop);
        }

        using var mobileNet = MobileNetV2.TryLoad(threads: 1);
        if (mobileNet is not null)
        {
            yield return Pretrained(mobileNet, photos, MobileNetV2.Bytes);
        }

        if (dinoV2Weights is not null)
        {
            using var dinoV2 = DinoV2Backbone.Load(
                dinoV2Weights, "dinov2-vits14", Preprocessing.SquashBilinear224, new DinoV2Options { Threads = 1 });
            yield return Pretrained(dinoV2, photos, new FileInfo(dinoV2Weights).Length, MatrixProducts.GigaflopPerPhoto);
        }
    }

    private static Candidate Pretrained(IBackbone backbone, LabelledPhotos photos, long bytes, double? gigaflop = null)
    {
        var embeddings = photos.Files.Select(file => Embed(backbone, Prepare(backbone, file))).ToArray();
        return new Candidate(backbone, _ => embeddings, bytes, gigaflop);
    }

    /// <summary>The built-in backbone was learned from such photos, so it is learned anew from those that each measurement may
    /// know.</summary>
    private static Candidate BuiltIn(BuiltInBackbone shipped, LabelledPhotos photos)
    {
        var images = photos.Files.Select(file => Prepare(shipped, file)).ToArray();
        return new Candidate(
            shipped,
            known =>
            {
                using var backbone = new BuiltInBackbone("fold", new BuiltInBackboneTrainer().Train([.. known.Select(i => images[i])]));
                return Array.ConvertAll(images, image => Embed(backbone, image));
            },
            BuiltInBackbone.WeightsBytes,
            Gigaflop: null);
    }

    private static void Report(Candidate candidate, int[] labels, LabelledPhotos photos, double? peak)
    {
        var result = CrossValidation.Run(candidate.Embed, labels, Repeats, Folds);
        var strangers = StrangersToldApart(candidate, labels);
        var milliseconds = MedianMilliseconds(candidate.Backbone, photos);
        var reached = candidate.Gigaflop / milliseconds * 1000 / peak;
        var id = candidate.Backbone.Info.Id;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{id,-20}{result.Accuracy,10:F3} ± {result.Deviation:F3}{result.LogLoss,10:F3}{strangers,16:F3}{milliseconds,12:F1}{reached,9:P0}{candidate.Bytes / 1e6,7:F1}"));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            benchmark = "backbones", backbone = id, accuracy = result.Accuracy, deviation = result.Deviation, logLoss = result.LogLoss,
            strangersAuc = strangers, ms = milliseconds, shareOfPeak = reached, bytes = candidate.Bytes,
        }));
    }

    /// <summary>Area under the ROC curve of the distance to the familiar region, where one class is known, each photo by the region of other
    /// folds, and the photos of the other are strangers: mean of both ways.</summary>
    private static double StrangersToldApart(Candidate candidate, int[] labels) => labels.Distinct().Average(known =>
    {
        var members = Enumerable.Range(0, labels.Length).Where(i => labels[i] == known).ToArray();
        var embeddings = candidate.Embed(members);
        var sample = members.Select(i => embeddings[i]).ToList();
        var familiar = Enumerable.Range(0, Folds).SelectMany(fold =>
        {
            var region = FamiliarRegionFit.Find([.. sample.Where((_, index) => index % Folds != fold)]);
            return sample.Where((_, index) => index % Folds == fold).Select(vector => region.DistanceOf(vector));
        }).ToArray();
        var ofAll = FamiliarRegionFit.Find(sample);
        var strange = Enumerable.Range(0, labels.Length).Where(i => labels[i] != known).Select(i => ofAll.DistanceOf(embeddings[i])).ToArray();
        return strange.Average(one => familiar.Average(other => one > other ? 1.0 : one < other ? 0 : 0.5));
    });

    /// <summary>Preparing and embedding one photo, decoded before; the median over all photos, after a first round.</summary>
    private static double MedianMilliseconds(IBackbone backbone, LabelledPhotos photos)
    {
        var decoded = photos.Files.Select(LabelledPhotos.Decode).ToArray();
        var times = new List<double>();
        var tensor = new float[backbone.Info.Preprocessing.TensorLength];
        foreach (var photo in decoded.Take(50).Concat(decoded))
        {
            var watch = Stopwatch.StartNew();
            backbone.Info.Preprocessing.Apply(photo, tensor);
            Embed(backbone, tensor);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return times.Skip(50).Order().ElementAt(decoded.Length / 2);
    }

    private static float[] Prepare(IBackbone backbone, byte[] file)
    {
        var tensor = new float[backbone.Info.Preprocessing.TensorLength];
        backbone.Info.Preprocessing.Apply(LabelledPhotos.Decode(file), tensor);
        return tensor;
    }

    private static float[] Embed(IBackbone backbone, float[] image)
    {
        var embedding = new float[backbone.Info.Dimensions];
        backbone.Embed(image, embedding);
        return embedding;
    }

    /// <summary>A backbone to measure.</summary>
    /// <param name="Backbone">It, as it ships.</param>
    /// <param name="Embed">Embeds all photos; told which of them it may learn from.</param>
    /// <param name="Bytes">Size of its weights.</param>
    /// <param name="Gigaflop">10⁹ multiplications and additions of a photo's pass; null where nobody counted them.</param>
    private sealed record Candidate(IBackbone Backbone, Func<int[], float[][]> Embed, long Bytes, double? Gigaflop);
}
