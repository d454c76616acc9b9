using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace DandelionMl.Benchmarks;

/// <summary>Many predictions by <c>POST /predict</c>, all of different photos: whether the host's memory stays as it is, and whether all are
/// answered.</summary>
internal static class SoakBenchmark
{
    private const int Predictions = 100_000;
    private const int Rounds = 20;
    private const int WarmUpRounds = 2;
    private const int Clients = 8;
    private const int Port = 18_443;

    public static async Task RunAsync(string photosFolder)
    {
        var photos = await UniquePhotos.ReadAsync(photosFolder);
        using var folder = new TempFolder();
        var environment = await HostProcess.TrainAsync(folder, photosFolder);
        environment["DandelionMl__Security__PredictionsPerMinute"] = "0";
        using var host = HostProcess.Start(environment, "serve", "--urls", $"http://127.0.0.1:{Port}");
        try
        {
            using var client = HostileAttack.Client(Port, "127.0.0.1");
            await HostProcess.ReadyAsync(host, client);
            var (memory, refused, clock) = (new List<double>(), 0, Stopwatch.StartNew());
            for (var round = 0; round < Rounds; round++)
            {
                await Parallel.ForAsync(0, Predictions / Rounds, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (_, _) =>
                {
                    if (!await HostileAttack.PredictAsync(client, photos.Next()))
                    {
                        Interlocked.Increment(ref refused);
                    }
                });
                memory.Add(HostProcess.Resident(host));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(round + 1) * Predictions / Rounds,7} predictions, {clock.Elapsed.TotalSeconds,6:0} s, resident {memory[^1]:0} MB"));
            }

            var warm = memory.Skip(WarmUpRounds).ToList();
            var half = warm.Count / 2;
            var result = new
            {
                predictions = Predictions,
                notAnswered = refused,
                perSecond = Predictions / clock.Elapsed.TotalSeconds,
                firstHalfMb = warm.Take(half).Average(),
                secondHalfMb = warm.Skip(half).Average(),
                ratio = warm.Skip(half).Average() / warm.Take(half).Average(),
                mostMb = memory.Max(),
            };
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Predictions} predictions, {refused} not answered, {result.perSecond:0.0} a second; resident after warm-up {result.firstHalfMb:0} MB in the first half, {result.secondHalfMb:0} MB in the second, ratio {result.ratio:0.000}; at most {result.mostMb:0} MB"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "soak", result }, JsonSerializerOptions.Web));
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync();
        }
    }
}
