using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Storage;
using DandelionMl.Training;
using DandelionMl.Training.WrongLabels;

namespace DandelionMl.Benchmarks.Honesty;

/// <summary>Labels that are likely wrong: of a share of labels that is flipped at random, how many are among the first twice as many that are
/// listed, and what the rule of the confident joint flags; then the time on many drawn embeddings.</summary>
internal static class WrongLabelsBenchmark
{
    private const int Draws = 20;
    private const int ManyValues = 1953;

    private static readonly double[] Shares = [0.05, 0.1];
    private static readonly string[] Labels = EmbeddedPhotos.Labels;

    public static void Run(string photosFolder)
    {
        var photos = LabelledPhotos.Read(photosFolder);
        Console.WriteLine($"\nWrong labels: {photos.Count} photos, {Draws} draws of flipped labels");
        Console.WriteLine($"{"",-20}{"flipped",8}{"found in twice as many",24}{"lowest",8}{"flagged",9}{"of them flipped",17}{"of the flipped",16}");
        BackbonesAtHand.ForEach(backbone => Report(backbone, photos));
        Time(1_000);
        Time(20_000);
    }

    private static void Report(IBackbone backbone, LabelledPhotos photos)
    {
        var embedded = EmbeddedPhotos.Of(backbone, photos);
        foreach (var share in Shares)
        {
            var draws = Enumerable.Range(1, Draws).Select(seed => Draw(embedded, share, seed)).ToList();
            var flipped = draws[0].Flipped;
            var (found, lowest) = (draws.Average(draw => draw.Found), draws.Min(draw => draw.Found));
            var (flagged, precision, recall) = (
                draws.Average(draw => (double)draw.Flagged), draws.Average(draw => (double)draw.FlaggedFlipped / Math.Max(draw.Flagged, 1)),
                draws.Average(draw => (double)draw.FlaggedFlipped / draw.Flipped));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{backbone.Info.Id,-20}{flipped,8}{found,24:P0}{lowest,8:P0}{flagged,9:0.0}{precision,17:P0}{recall,16:P0}"));
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                benchmark = "honesty-labels", backbone = backbone.Info.Id, share, flipped, found, lowest, flagged, precision, recall,
            }));
        }
    }

    /// <summary>Flips a share of the labels and counts how many are found.</summary>
    private static Drawn Draw(LabelledEmbedding[] photos, double share, int seed)
    {
        var order = Enumerable.Range(0, photos.Length).ToArray();
        new Random(seed).Shuffle(order);
        var flipped = order[..(int)(share * photos.Length)].ToHashSet();
        LabelledEmbedding[] noisy =
            [.. photos.Select((photo, index) => flipped.Contains(index) ? photo with { Label = photo.Label == Labels[0] ? Labels[1] : Labels[0] } : photo)];
        var ranked = Rank(noisy);
        var flagged = ranked.FindAll(doubt => doubt.IsFlagged);
        return new Drawn(
            flipped.Count, (double)ranked.Take(2 * flipped.Count).Count(doubt => flipped.Contains(doubt.Photo)) / flipped.Count,
            flagged.Count, flagged.Count(doubt => flipped.Contains(doubt.Photo)));
    }

    private static List<DoubtedLabel> Rank(LabelledEmbedding[] photos) =>
        ConfidentLearning.Rank(HeldOutProbabilities.Of(photos, Labels)!, [.. photos.Select(photo => photo.Label == Labels[0] ? 0 : 1)]);

    private static void Time(int count)
    {
        var random = new Random(1);
        float[][] kinds = [.. Labels.Select(_ => Gaussian(random))];
        LabelledEmbedding[] photos = [.. Enumerable.Range(0, count).Select(number =>
        {
            var embedding = Gaussian(random);
            TensorPrimitives.MultiplyAdd(kinds[number % 2], 0.05f, embedding, embedding);
            return new LabelledEmbedding(ContentHash.Of(BitConverter.GetBytes(number)), Labels[number % 2], embedding);
        })];
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        Rank(photos);
        var (seconds, processorSeconds) = (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{count:N0} drawn embeddings of {ManyValues:N0} values: {seconds:0.0} s, {processorSeconds:0.0} s of processor time"));
        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "honesty-labels-time", photos = count, values = ManyValues, seconds, processorSeconds }));
    }

    private static float[] Gaussian(Random random) => [.. Enumerable.Range(0, ManyValues).Select(_ => (float)random.NextGaussian())];

    private sealed record Drawn(int Flipped, double Found, int Flagged, int FlaggedFlipped);
}
