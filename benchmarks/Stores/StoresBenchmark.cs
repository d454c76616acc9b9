using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.IntegrationTests.S3;
using Npgsql;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>Ingestion into S3 with PostgreSQL and into a folder with SQLite, beside the reference's way on the same servers: one
/// <c>PutObject</c> and one <c>INSERT</c> after the other. The servers are real ones, started for the run on this machine, whose cores
/// they share with their clients; what they take at most is measured too, by uploads alone, many at a time.</summary>
/// <remarks>All in turns, round after round, and the figures are medians: what else the machine does meets every side. A second table
/// has the servers as far away as servers are: behind a link that carries everything a while later.</remarks>
internal static class StoresBenchmark
{
    private const int WarmUp = 500;

    // A loop's pace does not hang on its length, and at its pace the whole would take minutes a round.
    private const int MostOfLoop = 2000;

    private static readonly TimeSpan LinkDelay = TimeSpan.FromMilliseconds(1);

    /// <param name="photosFolder">Photos, in a folder for each label.</param>
    /// <param name="generated">Number of small pictures to ingest besides; 0 for none.</param>
    /// <param name="rounds">How often each way is measured.</param>
    public static async Task RunAsync(string photosFolder, int generated, int rounds)
    {
        using var folder = new TempFolder();
        await using var ceph = new CephServer();
        await ceph.InitializeAsync();
        await using var postgres = await PostgresServer.CreateAsync();
        await using var s3Link = new DelayedLink(ceph.Endpoint.Port, LinkDelay);
        await using var postgresLink = new DelayedLink(postgres.Port, LinkDelay);
        var here = new Servers(ceph, postgres, folder);
        var away = new Servers(ceph, postgres, folder, s3Link, postgresLink);
        List<PhotoSet> sets = [PhotoSet.Read("300 photos", photosFolder)];
        if (generated > 0)
        {
            sets.Add(PhotoSet.Generate(folder.Path, generated));
        }

        // The first requests pay for compilation, connections and the server's own pools, whoever makes them.
        await RunRoundsAsync("warm-up", here, PhotoSet.Generate(folder.Path, WarmUp), rounds: 2);
        var rows = new List<Row>();
        var roundTrip = await MeasureRoundTripAsync(postgres.Connect("postgres", postgresLink.Port).ConnectionString);
        var distance = string.Create(CultureInfo.InvariantCulture, $"{roundTrip:0.0} ms away");
        foreach (var (place, servers) in new[] { ("beside", here), (distance, away) })
        {
            foreach (var photos in sets)
            {
                rows.AddRange(await RunRoundsAsync(place, servers, photos, rounds));
            }
        }

        Print(rows);
        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "stores", Environment.ProcessorCount, rows }, JsonSerializerOptions.Web));
    }

    private static async Task<List<Row>> RunRoundsAsync(string place, Servers servers, PhotoSet photos, int rounds)
    {
        Side[] sides =
        [
            new("PutObject + INSERT", PlainLoop.RunAsync, photos.Take(MostOfLoop)),
            new("S3 + PostgreSQL", Ingestion.OnServersAsync, photos),
            new($"PutObject alone, {BareUploads.Concurrency} at a time", BareUploads.RunAsync, photos.Take(MostOfLoop)),
            new("folder + SQLite", Ingestion.EmbeddedAsync, photos),
        ];
        var measured = sides.ToDictionary(side => side, _ => new List<Measurement>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var side in sides)
            {
                measured[side].Add(await side.RunAsync(servers, side.Photos));
            }
        }

        var loop = Median(measured[sides[0]], one => one.PerSecond);
        return [.. sides.Select(side => new Row(
            place,
            photos.Name,
            side.Name,
            Median(measured[side], one => one.PerSecond),
            Median(measured[side], one => one.PerSecond) / loop,
            Median(measured[side], one => one.ClientMilliseconds),
            Median(measured[side], one => one.BusyCores),
            measured[side].Max(one => one.MegabytesAtATenth),
            measured[side].Max(one => one.PeakMegabytes)))];
    }

    /// <summary>What a link's delay comes to: the timers of the machine have their own say.</summary>
    private static async Task<double> MeasureRoundTripAsync(string connectionString)
    {
        const int times = 100;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        var clock = Stopwatch.StartNew();
        for (var time = 0; time < times; time++)
        {
            await command.ExecuteScalarAsync();
        }

        return clock.Elapsed.TotalMilliseconds / times;
    }

    private static void Print(List<Row> rows)
    {
        Console.WriteLine("| servers | photos | way | photos/s | ratio | client's CPU ms/photo | cores busy | MB after a tenth | MB at most |");
        Console.WriteLine("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Servers} | {row.Photos} | {row.Way} | {row.PerSecond:0} | {row.Ratio:0.0} | {row.ClientMilliseconds:0.00} | {row.BusyCores:0.0} | {row.MegabytesAtATenth:0} | {row.PeakMegabytes:0} |"));
        }
    }

    private static double Median(List<Measurement> measurements, Func<Measurement, double> figure)
    {
        var ordered = measurements.Select(figure).Order().ToList();
        return ordered[ordered.Count / 2];
    }

    private sealed record Side(string Name, Func<Servers, PhotoSet, Task<Measurement>> RunAsync, PhotoSet Photos);

    private sealed record Row(
        string Servers,
        string Photos,
        string Way,
        double PerSecond,
        double Ratio,
        double ClientMilliseconds,
        double BusyCores,
        double MegabytesAtATenth,
        double PeakMegabytes);
}
