using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace DandelionMl.Benchmarks;

/// <summary>What a shadow costs: <c>POST /predict</c> on a host that asks a second version about each photo, and on one that does not, in turn.</summary>
internal static class ShadowBenchmark
{
    private const int Port = 18_451;

    public static async Task RunAsync(string photosFolder)
    {
        var photos = await UniquePhotos.ReadAsync(photosFolder);
        using var shadowed = new TempFolder();
        using var plain = new TempFolder();
        using var with = await StartAsync(shadowed, photosFolder, Port, hasShadow: true);
        using var without = await StartAsync(plain, photosFolder, Port + 1, hasShadow: false);
        try
        {
            using var measured = HostileAttack.Client(Port, "127.0.0.1");
            using var bare = HostileAttack.Client(Port + 1, "127.0.0.1");
            await HostProcess.ReadyAsync(with, measured);
            await HostProcess.ReadyAsync(without, bare);
            var result = await SideBySide.MeasureAsync(measured, bare, photos);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"predictions/s with a shadow {result.First:0.0}, without {result.Second:0.0}; ratio of the rounds, median {result.Ratio:0.000}"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "shadow", with = result.First, without = result.Second, ratio = result.Ratio }));
        }
        finally
        {
            with.Kill();
            without.Kill();
            await Task.WhenAll(with.WaitForExitAsync(), without.WaitForExitAsync());
        }
    }

    private static async Task<Process> StartAsync(TempFolder folder, string photosFolder, int port, bool hasShadow)
    {
        var environment = await HostProcess.TrainAsync(folder, photosFolder);
        environment["DandelionMl__Security__PredictionsPerMinute"] = "0";
        if (hasShadow)
        {
            await HostProcess.RunToEndAsync(environment, "train", "--no-promote");
            await HostProcess.RunToEndAsync(environment, "models", "shadow", "2");
        }

        return HostProcess.Start(environment, "serve", "--urls", $"http://127.0.0.1:{port}");
    }
}
