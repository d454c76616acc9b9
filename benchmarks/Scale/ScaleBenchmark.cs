using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Photos;
using DandelionMl.Promotion;
using DandelionMl.Storage;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Benchmarks.Scale;

/// <summary>What retraining and the pages' queries cost by the number of photos: synthetic embeddings in a real SQLite database, with no
/// picture behind them, so that nothing but learning is measured. Near-duplicates by comparing each with each stand beside it.</summary>
internal static class ScaleBenchmark
{
    private const int NewPhotos = 10;
    private const int Searches = 21;

    // Comparing each with each takes minutes above it.
    private const int MostInPairs = 20_000;

    public static async Task RunAsync(IEnumerable<int> counts)
    {
        Console.WriteLine(
            "| photos | leaders, s | each with each, s | ratio | first training, s | retrain, s | of it reading, s | after 10 new, s | gate, s "
            + "| first search, s | is it known, ms | similar, ms | page, ms | resident, MB |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var count in counts)
        {
            var row = await MeasureAsync(count);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {count} | {row.Leaders:0.00} | {row.EachWithEach:0.00} | {row.EachWithEach / row.Leaders:0.0} | {row.First:0.00} | {row.Retrain:0.00} "
                + $"| {row.Read:0.00} | {row.AfterNew:0.00} | {row.Gate:0.00} | {row.Load:0.00} | {row.KnownMs:0.0} | {row.SimilarMs:0.0} "
                + $"| {row.PageMs:0} | {row.Megabytes:0} |"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "scale", row }, JsonSerializerOptions.Web));
        }
    }

    private static async Task<Row> MeasureAsync(int count)
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDandelionMl(options =>
        {
            options.DataDirectory = folder.Path;
            options.Backbone = BuiltInBackbone.DefaultId;
        });
        await using var provider = services.BuildServiceProvider();
        var backbone = await provider.GetRequiredService<IBackboneProvider>().GetAsync(BuiltInBackbone.DefaultId);
        var photos = new SyntheticPhotos(backbone.Info, count + NewPhotos);
        var (database, embeddings) = (provider.GetRequiredService<Database>(), provider.GetRequiredService<IEmbeddingStore>());

        await provider.GetRequiredService<IImageStore>().PutAsync(SyntheticPhotos.StorageKey, new MemoryStream([1]));
        await photos.AddAsync(database, embeddings, 0, count);

        var trainer = provider.GetRequiredService<Trainer>();
        var promotion = provider.GetRequiredService<ModelPromotion>();
        var champion = 0;
        var first = await TimeAsync(async () => champion = (await trainer.TrainAsync()).Version.Version);
        await promotion.DecideAsync(champion, "benchmark");
        var retrain = await TimeAsync(() => trainer.TrainAsync());
        await photos.AddAsync(database, embeddings, count, NewPhotos);
        var candidate = 0;
        var afterNew = await TimeAsync(async () => candidate = (await trainer.TrainAsync()).Version.Version);
        var gate = await TimeAsync(() => promotion.DecideAsync(candidate, "benchmark"));
        var resident = Environment.WorkingSet / 1e6;

        IReadOnlyDictionary<string, float[]> kept = new Dictionary<string, float[]>();
        var read = await TimeAsync(async () => kept = await embeddings.GetAsync(backbone.Info.Space, photos.Hashes));
        float[][] vectors = [.. photos.Hashes.Select(hash => kept[hash])];
        var leaders = await TimeAsync(() => Task.Run(() => NearDuplicates.FindLeaders([.. vectors], backbone.Info.DuplicateThreshold)));
        var eachWithEach = count > MostInPairs
            ? (double?)null
            : await TimeAsync(() => Task.Run(() => EachWithEach.FindLeaders(vectors, backbone.Info.DuplicateThreshold)));
        var load = await TimeAsync(() => embeddings.FindNearestAsync(backbone.Info.Space, vectors[0], 1));
        var known = await MedianAsync(number => embeddings.FindNearestAsync(
            backbone.Info.Space, photos.Strange[number], 8, backbone.Info.DuplicateThreshold));
        var similar = await MedianAsync(number => embeddings.FindNearestAsync(backbone.Info.Space, vectors[number], 20));
        var search = provider.GetRequiredService<PhotoSearch>();
        var page = await TimeAsync(() => search.FindAsync(new PhotoFilter()));
        return new Row(count, first, read, leaders, eachWithEach, retrain, afterNew, gate, load, known * 1000, similar * 1000, page * 1000, resident);
    }

    /// <summary>The median time of a search, each for another photo.</summary>
    private static async Task<double> MedianAsync(Func<int, Task> search)
    {
        var times = new List<double>();
        for (var number = 0; number < Searches; number++)
        {
            times.Add(await TimeAsync(() => search(number)));
        }

        return times.Order().ElementAt(Searches / 2);
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }

    private sealed record Row(
        int Photos,
        double First,
        double Read,
        double Leaders,
        double? EachWithEach,
        double Retrain,
        double AfterNew,
        double Gate,
        double Load,
        double KnownMs,
        double SimilarMs,
        double PageMs,
        double Megabytes);
}
