using System.Globalization;
using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Benchmarks.Predict;

/// <summary><c>POST /predict</c> of the host beside a bare minimal API with the same network, in turn, at 1, 8 and 32 clients that send photos of
/// which no two are the same.</summary>
internal static class PredictBenchmark
{
    private static readonly int[] Clients = [1, 8, 32];
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <param name="photosFolder">A folder with one subfolder of photos per label.</param>
    /// <param name="backbone">The network.</param>
    /// <param name="rounds">Rounds of two seconds for each server and number of clients.</param>
    /// <returns>A row for each number of clients.</returns>
    public static async Task<IReadOnlyList<PredictRow>> RunAsync(string photosFolder, NamedBackbone backbone, int rounds)
    {
        var photos = await UniquePhotos.ReadAsync(photosFolder);
        using var folder = new TempFolder();
        var settings = backbone.Settings(folder.Path);
        await HostProcess.RunToEndAsync(settings, "ingest", photosFolder);
        await HostProcess.RunToEndAsync(settings, "train");
        settings["DandelionMl__Security__PredictionsPerMinute"] = "0";

        var (port, barePort) = (FreePort.Find(), FreePort.Find());
        await using var host = new MeasuredServer(
            HostProcess.Start(settings, "serve", "--urls", $"http://127.0.0.1:{port}"), port, MeasuredServer.OfTheHostAsync);
        await using var bare = new MeasuredServer(BareServer.Start(backbone, folder.Path, barePort), barePort, MeasuredServer.OfTheBareServerAsync);
        foreach (var server in new[] { host, bare })
        {
            await server.ReadyAsync();
            await server.LoadAsync(photos, Clients[1], WarmUp);
        }

        var rows = new List<PredictRow>();
        Console.WriteLine(PredictRow.Head);
        foreach (var clients in Clients)
        {
            rows.Add(await MeasureAsync(host, bare, photos, clients, rounds));
            Console.WriteLine(rows[^1]);
        }

        if (backbone.Name == "dinov2")
        {
            var peak = MatrixProducts.MeasureGigaflopPerSecond(batch: 16, Environment.ProcessorCount);
            var reached = rows.Max(row => row.Host.PerSecond) * MatrixProducts.GigaflopPerPhoto / peak;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"matrix products alone: {peak:0} GFLOP/s; the host reaches {reached * 100:0} % of it, decoding and HTTP included"));
        }

        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "predict", backbone = backbone.Id, rows }, JsonSerializerOptions.Web));
        return rows;
    }

    private static async Task<PredictRow> MeasureAsync(MeasuredServer host, MeasuredServer bare, UniquePhotos photos, int clients, int rounds)
    {
        var pairs = new List<(Load Host, Load Bare)>();
        for (var round = 0; round < rounds; round++)
        {
            // Each begins in turn.
            var first = await (round % 2 == 0 ? host : bare).LoadAsync(photos, clients, Round);
            var second = await (round % 2 == 0 ? bare : host).LoadAsync(photos, clients, Round);
            pairs.Add(round % 2 == 0 ? (first, second) : (second, first));
        }

        var ratios = pairs.Select(pair => pair.Host.PerSecond / pair.Bare.PerSecond).Order().ToList();
        return new PredictRow(
            clients, ratios[ratios.Count / 2], ServedLoad.Of([.. pairs.Select(pair => pair.Host)]), ServedLoad.Of([.. pairs.Select(pair => pair.Bare)]));
    }
}

/// <summary>The host beside the bare server at a number of clients.</summary>
/// <param name="Clients">How many clients.</param>
/// <param name="Ratio">Throughput of the host divided by that of the bare server, the median of neighbouring rounds.</param>
/// <param name="Host">The host.</param>
/// <param name="Bare">The bare server.</param>
internal sealed record PredictRow(int Clients, double Ratio, ServedLoad Host, ServedLoad Bare)
{
    public const string Head =
        """
        | clients | host: a second | p50 | p99 ms | CPU ms | allocated kB, a request | bare: a second | p50 | p99 ms | CPU ms | allocated kB, a request | ratio |
        | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        """;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"| {Clients} | {Host} | {Bare} | {Ratio:0.00} |");
}

/// <summary>What a server did in all rounds.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">The median time of an answer, in milliseconds.</param>
/// <param name="P99">The time that one answer in a hundred took longer than.</param>
/// <param name="Processor">Processor time an answer, in milliseconds.</param>
/// <param name="AllocatedKilobytes">Managed memory that was allocated for an answer.</param>
internal sealed record ServedLoad(double PerSecond, double P50, double P99, double Processor, double AllocatedKilobytes)
{
    public static ServedLoad Of(IReadOnlyList<Load> rounds)
    {
        var times = rounds.SelectMany(round => round.Milliseconds).Order().ToList();
        return new ServedLoad(
            times.Count / rounds.Sum(round => round.Seconds), times[times.Count / 2], times[times.Count * 99 / 100],
            rounds.Sum(round => round.ProcessorMilliseconds) / times.Count, rounds.Sum(round => round.AllocatedBytes) / times.Count / 1e3);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{PerSecond:0.0} | {P50:0.0} | {P99:0.0} | {Processor:0.0} | {AllocatedKilobytes:0}");
}
