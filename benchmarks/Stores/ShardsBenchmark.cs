using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Data;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Benchmarks.Stores;

/// <summary><c>dandelion embed</c> in shares, each in a process of its own, beside one process for all, on PostgreSQL and S3 of this machine; and
/// what of it is the writing of embeddings, by COPY beside statements. What docs/scale.md reckons from.</summary>
internal static class ShardsBenchmark
{
    private const int Batch = 256;
    private const int Batches = 40;
    private const int Dimensions = 384;

    private static readonly string[] Columns = ["backbone_id", "preprocessing_id", "sha256", "dimensions", "vector"];

    public static async Task RunAsync(string photosFolder, int count)
    {
        using var folder = new TempFolder();
        await using var ceph = new CephServer();
        await ceph.InitializeAsync();
        await using var postgres = await PostgresServer.CreateAsync();
        var servers = new Servers(ceph, postgres, folder);
        var photos = await WritePhotosAsync(folder, photosFolder, count);

        Console.WriteLine("| processes at a time | shares | photos | s | photos/s |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: |");
        var rows = new List<object>();
        foreach (var (atOnce, shares) in new[] { (1, 1), (2, 2), (2, 16) })
        {
            var environment = await IngestAsync(servers, photos);
            var clock = Stopwatch.StartNew();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, shares), new ParallelOptions { MaxDegreeOfParallelism = atOnce },
                async (share, _) => await HostProcess.RunToEndAsync(environment, "embed", "--shard", $"{share}/{shares}"));
            var seconds = clock.Elapsed.TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {atOnce} | {shares} | {count} | {seconds:0.0} | {count / seconds:0} |"));
            rows.Add(new { atOnce, shares, count, seconds, perSecond = count / seconds });
        }

        var written = await MeasureWritingAsync(servers);
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Batch} embeddings of {Dimensions} values: {written.Copy:0.0} ms by COPY, {written.Statements:0.0} ms by statements ({written.Statements / written.Copy:0.0} times); {written.Bytes:0} bytes each in the table with its index"));
        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "shards", Environment.ProcessorCount, rows, written }, JsonSerializerOptions.Web));
    }

    private static async Task<string> WritePhotosAsync(TempFolder folder, string photosFolder, int count)
    {
        var photos = await UniquePhotos.ReadAsync(photosFolder);
        var target = Directory.CreateDirectory(Path.Combine(folder.Path, "photos", "any")).FullName;
        for (var number = 0; number < count; number++)
        {
            await File.WriteAllBytesAsync(Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"{number:00000}.jpg")), photos.Next());
        }

        return Path.GetDirectoryName(target)!;
    }

    private static async Task<Dictionary<string, string>> IngestAsync(Servers servers, string photos)
    {
        var bucket = servers.NewBucket();
        var environment = new Dictionary<string, string>
        {
            ["DandelionMl__Backbone"] = "built-in-v1",
            ["DandelionMl__DataDirectory"] = servers.NewFolder(),
            ["DandelionMl__Postgres__ConnectionString"] = await servers.NewDatabaseAsync(),
            ["DandelionMl__S3__Endpoint"] = bucket.Endpoint!.AbsoluteUri,
            ["DandelionMl__S3__Bucket"] = bucket.Bucket,
            ["DandelionMl__S3__AccessKey"] = bucket.AccessKey!,
            ["DandelionMl__S3__SecretKey"] = bucket.SecretKey!,
        };
        await HostProcess.RunToEndAsync(environment, "ingest", photos);
        return environment;
    }

    private static async Task<Written> MeasureWritingAsync(Servers servers)
    {
        await using var database = new Database(new PostgresProvider(
            new PostgresOptions { ConnectionString = await servers.NewDatabaseAsync() }, TimeProvider.System, NullLogger.Instance));
        await database.EnsureSchemaAsync();
        var (copy, statements) = (new List<double>(), new List<double>());
        var random = new Random(1);
        for (var round = 0; round < Batches; round++)
        {
            copy.Add(await TimeAsync(database, random, Batch));
            statements.Add(await TimeAsync(database, random, BulkInsert.FewestRows - 1));
        }

        var bytes = await database.ReadAsync(
            session => session.ScalarAsync<double>("SELECT pg_total_relation_size('embeddings')::float8 / (SELECT COUNT(*) FROM embeddings)"), CancellationToken.None);
        return new Written(Median(copy), Median(statements), bytes);
    }

    /// <summary>Milliseconds of a transaction that keeps a batch of embeddings, so many in a statement.</summary>
    private static async Task<double> TimeAsync(Database database, Random random, int atOnce)
    {
        object?[] Row()
        {
            var (hash, vector) = (new byte[32], new byte[Dimensions * sizeof(float)]);
            random.NextBytes(hash);
            random.NextBytes(vector);
            return ["built-in-v1", "squash-bilinear-224", Convert.ToHexStringLower(hash), Dimensions, vector];
        }

        var rows = Enumerable.Range(0, Batch).Select(_ => Row()).ToList();
        var clock = Stopwatch.StartNew();
        await database.WriteIdempotentAsync(
            async session =>
            {
                var inserted = 0;
                foreach (var part in rows.Chunk(atOnce))
                {
                    inserted += await session.InsertNewAsync("embeddings", Columns, part);
                }

                return inserted;
            },
            CancellationToken.None);
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record Written(double Copy, double Statements, double Bytes);
}
