using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Benchmarks;

/// <summary>Whether a photo is known, which is asked for each upload: by kept embeddings, beside the way of the reference system, which
/// reads every stored photo and embeds it again. Then by kept embeddings alone, with more of them.</summary>
internal static class UploadBenchmark
{
    private const int Uploads = 20;
    private const int ReferenceUploads = 3;
    private static readonly int[] MoreEmbeddings = [2_000, 20_000];

    public static async Task RunAsync(string photosFolder)
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddDandelionMl(options => (options.DataDirectory, options.Backbone) = (folder.Path, "built-in-v1"));
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<DatasetIngestor>().IngestAsync(new FolderDataset(photosFolder));
        var training = await provider.GetRequiredService<Trainer>().TrainAsync();
        await provider.GetRequiredService<IModelRegistry>().PromoteAsync(training.Version.Version, "benchmark");
        var classifier = provider.GetRequiredService<Classifier>();
        await classifier.ReloadAsync();
        var images = await provider.GetRequiredService<IImageCatalog>().ListAsync(ImageState.Stored).ToListAsync();
        var prediction = await classifier.ClassifyAsync(await ReadAsync(provider, images[0]));

        // Bytes that nobody has, so that what is compared is looks.
        prediction = prediction with { Sha256 = new string('0', 64) };
        var known = provider.GetRequiredService<KnownPhotos>();
        await known.FindAsync(prediction);
        var ours = await MillisecondsAsync(Uploads, () => known.FindAsync(prediction));
        var reference = await MillisecondsAsync(ReferenceUploads, () => ReferenceAsync(provider, prediction, images));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{images.Count} photos: {ours:0.0} ms by kept embeddings, {reference:0} ms by embedding them again, ratio {reference / ours:0}"));

        var more = new List<object>();
        foreach (var count in MoreEmbeddings)
        {
            await FillAsync(provider.GetRequiredService<IEmbeddingStore>(), prediction.Backbone!, count);
            var milliseconds = await MillisecondsAsync(Uploads, () => known.FindAsync(prediction));
            more.Add(new { count, milliseconds });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} kept embeddings: {milliseconds:0.0} ms"));
        }

        Console.WriteLine(JsonSerializer.Serialize(
            new { benchmark = "uploads", photos = images.Count, ours, reference, ratio = reference / ours, more }));
    }

    private static Task<byte[]> ReadAsync(IServiceProvider provider, CatalogImage image) =>
        provider.GetRequiredService<IImageStore>().ReadVerifiedAsync(image.Content!.Key, image.Content.Sha256);

    /// <summary>Reads each photo, embeds it and compares, as the reference system does for each upload.</summary>
    private static async Task ReferenceAsync(IServiceProvider provider, Prediction prediction, IReadOnlyCollection<CatalogImage> images)
    {
        var backbone = await provider.GetRequiredService<IBackboneProvider>().GetAsync(prediction.Backbone!.Id);
        var decoder = provider.GetRequiredService<IImageDecoder>();
        var preprocessing = backbone.Info.Preprocessing;
        var (tensor, embedding) = (new float[preprocessing.TensorLength], new float[backbone.Info.Dimensions]);
        foreach (var image in images)
        {
            preprocessing.Apply(decoder.Decode(await ReadAsync(provider, image), preprocessing.MinimumSide), tensor);
            backbone.Embed(tensor, embedding);
            System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(embedding, prediction.Embedding.Span);
        }
    }

    private static async Task FillAsync(IEmbeddingStore store, BackboneInfo backbone, int count)
    {
        var random = new Random(count);
        var missing = count - (int)await store.CountAsync(backbone.Space);
        foreach (var batch in Enumerable.Range(0, missing).Chunk(1_000))
        {
            await store.PutAsync(backbone.Space, [.. batch.Select(_ => KeyValuePair.Create(
                Convert.ToHexStringLower(RandomBytes(random)),
                Enumerable.Range(0, backbone.Dimensions).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray()))]);
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task<double> MillisecondsAsync(int times, Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        for (var time = 0; time < times; time++)
        {
            await work();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
    }
}
