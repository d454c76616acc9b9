using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Benchmarks.Stores;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.Photos;
using DandelionMl.Promotion;
using DandelionMl.Storage;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Benchmarks.Scale;

/// <summary>What retraining and the pages' queries cost by the number of photos: synthetic embeddings in a real SQLite file or PostgreSQL
/// server, with no picture behind them, so that nothing but learning is measured. Near-duplicates by comparing each with each stand beside
/// it.</summary>
internal static class ScaleBenchmark
{
    private const string Million = "--million";
    private const string Postgres = "--postgres";
    private const int ShortEmbedding = 384;
    private const int NewPhotos = 10;
    private const int Searches = 21;

    // Comparing each with each takes minutes above it.
    private const int MostInPairs = 20_000;

    /// <param name="arguments">Numbers of photos, all of them by default; <c>--postgres</c> for PostgreSQL too; <c>--million</c> for 1,000,000
    /// photos, or those numbers, of 384 values in SQLite.</param>
    public static async Task RunAsync(IReadOnlyCollection<string> arguments)
    {
        var counts = arguments.Where(argument => !argument.StartsWith('-')).Select(count => int.Parse(count, CultureInfo.InvariantCulture)).ToList();
        if (arguments.Contains(Million))
        {
            foreach (var count in counts is [] ? [1_000_000] : counts)
            {
                await RetrainAsync(count);
            }

            return;
        }

        Console.WriteLine(
            "| database | photos | leaders, s | each with each, s | ratio | first training, s | retrain, s | ms a photo | its memory, MB | of it reading, s "
            + "| after 10 new, s | gate, s | first search, s | is it known, ms | duplicates check, ms | similar, ms | review queue, ms | data, ms |");
        Console.WriteLine("| --- |" + string.Concat(Enumerable.Repeat(" ---: |", 17)));
        counts = counts is [] ? [1_000, 10_000, 20_000, 100_000] : counts;
        await MeasureAsync("SQLite", counts, (services, folder) => Configure(services, folder));
        if (arguments.Contains(Postgres))
        {
            await using var server = await PostgresServer.CreateAsync();
            using var folder = new TempFolder();
            var servers = new Servers(null!, server, folder);
            foreach (var count in counts)
            {
                var connection = await servers.NewDatabaseAsync();
                await MeasureAsync("PostgreSQL", [count], (services, data) => Configure(services, data).UsePostgres(connection));
            }
        }
    }

    private static DandelionMlBuilder Configure(ServiceCollection services, string folder)
    {
        services.AddLogging();
        return services.AddDandelionMl(options =>
        {
            options.DataDirectory = folder;
            options.Backbone = BuiltInBackbone.DefaultId;
        });
    }

    private static async Task MeasureAsync(string database, IEnumerable<int> counts, Action<ServiceCollection, string> configure)
    {
        foreach (var count in counts)
        {
            using var folder = new TempFolder();
            var services = new ServiceCollection();
            configure(services, folder.Path);
            await using var provider = services.BuildServiceProvider();
            var row = await MeasureAsync(database, count, provider);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Database} | {count} | {row.Leaders:0.00} | {row.EachWithEach:0.00} | {row.EachWithEach / row.Leaders:0.0} | {row.First:0.00} "
                + $"| {row.Retrain:0.00} | {row.Retrain * 1000 / count:0.000} | {row.Megabytes:0} | {row.Read:0.00} | {row.AfterNew:0.00} | {row.Gate:0.00} "
                + $"| {row.Load:0.00} | {row.KnownMs:0.0} | {row.DuplicateMs:0.0} | {row.SimilarMs:0.0} | {row.QueueMs:0} | {row.DataMs:0} |"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "scale", row }, JsonSerializerOptions.Web));
        }
    }

    private static async Task<Row> MeasureAsync(string name, int count, ServiceProvider provider)
    {
        var backbone = (await provider.GetRequiredService<IBackboneProvider>().GetAsync(BuiltInBackbone.DefaultId)).Info;
        var photos = new SyntheticPhotos(backbone);
        var (database, embeddings) = (provider.GetRequiredService<Database>(), provider.GetRequiredService<IEmbeddingStore>());
        await provider.GetRequiredService<IImageStore>().PutAsync(SyntheticPhotos.StorageKey, new MemoryStream([1]));
        await photos.AddAsync(database, embeddings, count);

        var trainer = provider.GetRequiredService<Trainer>();
        var promotion = provider.GetRequiredService<ModelPromotion>();
        var champion = 0;
        var first = await TimeAsync(async () => champion = (await trainer.TrainAsync()).Version.Version);
        await promotion.DecideAsync(champion, "benchmark");
        var retrain = 0.0;
        var resident = await PeakMemory.MeasureAsync(async () => retrain = await TimeAsync(() => trainer.TrainAsync()));
        await photos.AddAsync(database, embeddings, NewPhotos);
        var candidate = 0;
        var afterNew = await TimeAsync(async () => candidate = (await trainer.TrainAsync()).Version.Version);
        var gate = await TimeAsync(() => promotion.DecideAsync(candidate, "benchmark"));

        var matrix = new EmbeddingMatrix(0);
        string[] hashes = [.. Enumerable.Range(0, count).Select(SyntheticPhotos.Hash)];
        var read = await TimeAsync(async () => matrix = await embeddings.ReadAsync(backbone.Space, hashes, CancellationToken.None));
        ReadOnlyMemory<float>[] vectors = [.. hashes.Select(hash => matrix.Rows[hash])];
        var leaders = await TimeAsync(() => Task.Run(() => NearDuplicates.FindLeaders(vectors, backbone.DuplicateThreshold)));
        var eachWithEach = count > MostInPairs
            ? (double?)null
            : await TimeAsync(() => Task.Run(() => EachWithEach.FindLeaders([.. vectors.Select(vector => vector.ToArray())], backbone.DuplicateThreshold)));

        await photos.AddWaitingAsync(database, embeddings, champion);
        var load = await TimeAsync(() => embeddings.FindNearestAsync(backbone.Space, vectors[0], 1));
        var isKnown = await MedianAsync(number => embeddings.FindNearestAsync(backbone.Space, photos.Strange[number], 8, backbone.DuplicateThreshold));
        var known = provider.GetRequiredService<KnownPhotos>();
        var duplicate = await MedianAsync(number => known.FindSimilarAsync(backbone.Space, vectors[number], 8, backbone.DuplicateThreshold));
        var similar = await MedianAsync(number => known.FindSimilarAsync(backbone.Space, vectors[number], SimilarPhotos.MaxCount));
        var desk = provider.GetRequiredService<ReviewDesk>();
        var queue = await MedianAsync(number => desk.TakeAsync(string.Create(CultureInfo.InvariantCulture, $"reviewer {number}"), count: 12));
        var search = provider.GetRequiredService<PhotoSearch>();
        var data = await MedianAsync(_ => search.FindAsync(new PhotoFilter()));
        return new Row(
            name, count, first, read, leaders, eachWithEach, retrain, afterNew, gate, load, isKnown * 1000, duplicate * 1000, similar * 1000,
            queue * 1000, data * 1000, resident);
    }

    /// <summary>Retrains on very many photos with short embeddings, and tells its memory.</summary>
    private static async Task RetrainAsync(int count)
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        Configure(services, folder.Path);
        await using var provider = services.BuildServiceProvider();
        var backbone = (await provider.GetRequiredService<IBackboneProvider>().GetAsync(BuiltInBackbone.DefaultId)).Info with { Dimensions = ShortEmbedding };
        await provider.GetRequiredService<IImageStore>().PutAsync(SyntheticPhotos.StorageKey, new MemoryStream([1]));
        await new SyntheticPhotos(backbone).AddAsync(provider.GetRequiredService<Database>(), provider.GetRequiredService<IEmbeddingStore>(), count);

        var trainer = provider.GetRequiredService<Trainer>();
        var (first, retrain) = (0.0, 0.0);
        var ofFirst = await PeakMemory.MeasureAsync(async () => first = await TimeAsync(() => trainer.TrainAsync()));
        var ofRetrain = await PeakMemory.MeasureAsync(async () => retrain = await TimeAsync(() => trainer.TrainAsync()));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} photos of {ShortEmbedding} values: first training {first:0.0} s, at most {ofFirst:0} MB; retraining {retrain:0.0} s, at most {ofRetrain:0} MB"));
        Console.WriteLine(JsonSerializer.Serialize(
            new { benchmark = "scale", photos = count, values = ShortEmbedding, first, ofFirst, retrain, ofRetrain }, JsonSerializerOptions.Web));
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
        string Database,
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
        double DuplicateMs,
        double SimilarMs,
        double QueueMs,
        double DataMs,
        double Megabytes);
}
