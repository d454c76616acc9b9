using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Imaging;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Benchmarks;

/// <summary>A first training and a retraining after 10 new photos, each beside the way of the reference system on the same photos and
/// backbone: decode, preprocess and run the backbone on every training photo of every epoch, 10 epochs, then on the held-out ones.</summary>
internal static class TrainingBenchmark
{
    private const int NewPhotos = 10;
    private const int ReferenceEpochs = 10;
    private const int ReferenceBatch = 32;

    public static async Task RunAsync(string photosFolder)
    {
        using var folder = new TempFolder();
        var weights = Path.Combine(folder.Path, "dinov2.safetensors");
        FormulaVitS14.Write(weights);
        var services = new ServiceCollection();
        services.AddDandelionMl(options =>
        {
            options.DataDirectory = Path.Combine(folder.Path, "data");
            options.Backbone = "dinov2-vits14";
            options.Backbones.LocalWeights["dinov2-vits14"] = weights;
        });
        await using var provider = services.BuildServiceProvider();
        var (first, later) = Divide(photosFolder, folder.Path);
        var backbone = await provider.GetRequiredService<IBackboneProvider>().GetAsync("dinov2-vits14");
        var ingestor = provider.GetRequiredService<DatasetIngestor>();
        var trainer = provider.GetRequiredService<Trainer>();

        await ingestor.IngestAsync(new FolderDataset(first));
        var firstTraining = await TimeAsync(() => trainer.TrainAsync());
        await ingestor.IngestAsync(new FolderDataset(later));
        var retraining = await TimeAsync(() => trainer.TrainAsync());
        var again = await TimeAsync(() => trainer.TrainAsync());

        var photos = Directory.EnumerateFiles(photosFolder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Bytes: File.ReadAllBytes(path), Target: Path.GetFileName(Path.GetDirectoryName(path)) == "grass" ? 1 : 0)).ToList();
        var reference = Reference(backbone, provider.GetRequiredService<IImageDecoder>(), photos);

        Console.WriteLine($"{"",-44}{"seconds",10}{"reference",12}{"ratio",10}");
        Write($"first training, {photos.Count - NewPhotos} photos", firstTraining, reference);
        Write($"retraining after {NewPhotos} new photos", retraining, reference);
        Write("retraining on unchanged photos", again, reference);
        Console.WriteLine(JsonSerializer.Serialize(
            new { benchmark = "training", photos = photos.Count, firstTraining, retraining, again, reference, ratio = reference / retraining }));
    }

    private static void Write(string name, double seconds, double reference) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-44}{seconds,10:0.000}{reference,12:0.0}{reference / seconds,10:0}"));

    private static async Task<double> TimeAsync(Func<Task<TrainingResult>> train)
    {
        var clock = Stopwatch.StartNew();
        await train();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>The reference's loop with this library's backbone, decoder and optimiser, all faster than its own.</summary>
    private static double Reference(IBackbone backbone, IImageDecoder decoder, List<(byte[] Bytes, int Target)> photos)
    {
        var clock = Stopwatch.StartNew();
        var shuffled = photos.ToArray();
        new Random(0).Shuffle(shuffled);
        var (train, test) = (shuffled[..(shuffled.Length * 7 / 10)], shuffled[(shuffled.Length * 7 / 10)..]);
        var head = new HeadTrainer(2, backbone.Info.Dimensions, new TrainingOptions { WeightDecay = 0 }, crossEntropyForTwo: true);
        for (var epoch = 0; epoch < ReferenceEpochs; epoch++)
        {
            foreach (var batch in train.Chunk(ReferenceBatch))
            {
                head.Step(Embed(backbone, decoder, batch), [.. batch.Select(photo => photo.Target)], [.. Enumerable.Range(0, batch.Length)]);
            }
        }

        foreach (var batch in test.Chunk(ReferenceBatch))
        {
            Embed(backbone, decoder, batch);
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static float[][] Embed(IBackbone backbone, IImageDecoder decoder, (byte[] Bytes, int Target)[] batch)
    {
        var preprocessing = backbone.Info.Preprocessing;
        var input = new float[batch.Length * preprocessing.TensorLength];
        Parallel.For(0, batch.Length, index => preprocessing.Apply(
            decoder.Decode(batch[index].Bytes), input.AsSpan(index * preprocessing.TensorLength, preprocessing.TensorLength)));
        var output = new float[batch.Length * backbone.Info.Dimensions];
        backbone.Embed(input, output);
        return [.. output.Chunk(backbone.Info.Dimensions)];
    }

    /// <summary>Copies the photos into two folders: all but the new ones, and the new ones.</summary>
    private static (string First, string Later) Divide(string photosFolder, string target)
    {
        var (first, later) = (Path.Combine(target, "first"), Path.Combine(target, "later"));
        foreach (var label in Directory.EnumerateDirectories(photosFolder))
        {
            foreach (var (index, path) in Directory.EnumerateFiles(label).Order(StringComparer.Ordinal).Index())
            {
                var destination = Directory.CreateDirectory(Path.Combine(index < NewPhotos / 2 ? later : first, Path.GetFileName(label)));
                File.Copy(path, Path.Combine(destination.FullName, Path.GetFileName(path)));
            }
        }

        return (first, later);
    }
}
