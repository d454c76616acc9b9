using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Amazon.S3.Model;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Storage.S3;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DandelionMl.Benchmarks;

/// <summary>Ingestion into a folder with SQLite and into S3 with PostgreSQL, beside the reference's way on the same servers: one
/// <c>PutObject</c> and one <c>INSERT</c> after the other. The servers are real ones, started for the run.</summary>
internal static class StoresBenchmark
{
    private const string Label = "generated";

    public static async Task RunAsync(string photosFolder, int generated)
    {
        using var folder = new TempFolder();
        await using var ceph = new CephServer();
        await ceph.InitializeAsync();
        await using var postgres = await PostgresServer.CreateAsync();
        var small = Generate(Path.Combine(folder.Path, "generated"), generated);

        var rows = new List<Row>();
        foreach (var (name, dataset) in new[] { ("300 photos", photosFolder), ($"{generated} generated", small) })
        {
            var photos = Directory.EnumerateFiles(dataset, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
            var id = Guid.NewGuid().ToString("N");
            await postgres.ExecuteAsync("postgres", $"CREATE DATABASE ingest_{id}");
            await postgres.ExecuteAsync("postgres", $"CREATE DATABASE loop_{id}");
            var loop = await MeasureAsync(name, "PutObject + INSERT", photos.Count, () => LoopAsync(
                photos, ceph.Options(CephServer.NewBucket()), postgres.Connect($"loop_{id}").ConnectionString));
            rows.Add(loop);
            rows.Add(await MeasureAsync(name, "S3 + PostgreSQL", photos.Count, () => IngestAsync(
                dataset, Path.Combine(folder.Path, $"s3-{id}"), ceph.Options(CephServer.NewBucket()), postgres.Connect($"ingest_{id}").ConnectionString)));
            rows.Add(await MeasureAsync(name, "folder + SQLite", photos.Count, () => IngestAsync(dataset, Path.Combine(folder.Path, $"folder-{id}"), null, null)));
        }

        Console.WriteLine($"{"",-20}{"",-22}{"photos/s",10}{"ratio",8}{"peak MB",10}");
        foreach (var row in rows)
        {
            var loop = rows.First(other => other.Photos == row.Photos);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Photos,-20}{row.Stores,-22}{row.PerSecond,10:0}{row.PerSecond / loop.PerSecond,8:0.0}{row.PeakMegabytes,10:0}"));
        }

        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "stores", rows }, JsonSerializerOptions.Web));
    }

    private static async Task IngestAsync(string dataset, string data, S3Options? s3, string? connectionString)
    {
        var services = new ServiceCollection();
        var builder = services.AddDandelionMl(options => options.DataDirectory = data);
        if (s3 is not null)
        {
            builder.UseS3(options =>
            {
                (options.Endpoint, options.Bucket) = (s3.Endpoint, s3.Bucket);
                (options.AccessKey, options.SecretKey) = (s3.AccessKey, s3.SecretKey);
            });
            builder.UsePostgres(connectionString!);
        }

        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<DatasetIngestor>().IngestAsync(new FolderDataset(dataset));
        if (report.Failures.Count > 0)
        {
            throw new InvalidOperationException($"{report.Failures.Count} photos failed: {report.Failures[0].Reason}");
        }
    }

    private static async Task LoopAsync(List<string> photos, S3Options s3, string connectionString)
    {
        using var client = S3Client.Create(s3);
        await client.PutBucketAsync(s3.Bucket);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using (var create = new NpgsqlCommand(
            "CREATE TABLE plants_data (id serial PRIMARY KEY, url_source varchar(255) NOT NULL UNIQUE, url_s3 varchar(255), label varchar(50) NOT NULL)",
            connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        foreach (var path in photos)
        {
            var key = $"raw/{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileName(path)}";
            await client.PutObjectAsync(new PutObjectRequest { BucketName = s3.Bucket, Key = key, FilePath = path });
            await using var insert = new NpgsqlCommand("INSERT INTO plants_data (url_source, url_s3, label) VALUES ($1, $2, $3)", connection)
            {
                Parameters = { new() { Value = path }, new() { Value = $"{s3.Endpoint}{s3.Bucket}/{key}" }, new() { Value = Label } },
            };
            await insert.ExecuteNonQueryAsync();
        }
    }

    private static async Task<Row> MeasureAsync(string photos, string stores, int count, Func<Task> ingest)
    {
        GC.Collect();
        var peak = Environment.WorkingSet;
        await using var sampler = new Timer(_ => peak = Math.Max(peak, Environment.WorkingSet), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
        var clock = Stopwatch.StartNew();
        await ingest();
        return new Row(photos, stores, count / clock.Elapsed.TotalSeconds, peak / 1e6);
    }

    /// <summary>Small pictures, no two alike.</summary>
    private static string Generate(string folder, int count)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, Label)).FullName;
        var random = new Random(0);
        var pixels = new byte[32 * 32 * 3];
        for (var number = 0; number < count; number++)
        {
            random.NextBytes(pixels);
            File.WriteAllBytes(
                Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"{number:00000}.jpg")), ImageEncoder.ToJpeg(new RgbImage(32, 32, pixels), 80));
        }

        return folder;
    }

    private sealed record Row(string Photos, string Stores, double PerSecond, double PeakMegabytes);
}
