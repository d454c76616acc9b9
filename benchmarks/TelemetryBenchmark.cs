using System.Globalization;
using System.Text.Json;

namespace DandelionMl.Benchmarks;

/// <summary>What telemetry and the watch for drift cost: <c>POST /predict</c> on a host with its metrics read every five seconds, and on one
/// with both switched off, in turn, so that what else the machine does falls on both.</summary>
internal static class TelemetryBenchmark
{
    private const int Port = 18_441;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string photosFolder)
    {
        var photos = await UniquePhotos.ReadAsync(photosFolder);
        using var folder = new TempFolder();
        var environment = await HostProcess.TrainAsync(folder, photosFolder);
        environment["DandelionMl__Security__PredictionsPerMinute"] = "0";

        using var with = HostProcess.Start(environment, "serve", "--urls", $"http://127.0.0.1:{Port}");
        environment["OTEL_SDK_DISABLED"] = "true";
        environment["DandelionMl__Classifier__DriftEnabled"] = "false";
        using var without = HostProcess.Start(environment, "serve", "--urls", $"http://127.0.0.1:{Port + 1}");
        try
        {
            using var measured = HostileAttack.Client(Port, "127.0.0.1");
            using var bare = HostileAttack.Client(Port + 1, "127.0.0.1");
            await HostProcess.ReadyAsync(with, measured);
            await HostProcess.ReadyAsync(without, bare);
            using var stop = new CancellationTokenSource();
            var reading = ReadMetricsAsync(measured, stop.Token);
            var rates = await SideBySide.MeasureAsync(measured, bare, photos);
            await stop.CancelAsync();
            var size = await reading;
            var result = new { with = rates.First, without = rates.Second, rates.Ratio, metricsBytes = size };
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"predictions/s with telemetry {result.with:0.0}, without {result.without:0.0}; ratio of the rounds, median {result.Ratio:0.000}; /metrics {size} bytes"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "telemetry", result }, JsonSerializerOptions.Web));
        }
        finally
        {
            with.Kill();
            without.Kill();
            await Task.WhenAll(with.WaitForExitAsync(), without.WaitForExitAsync());
        }
    }

    /// <returns>The size of the last answer in bytes.</returns>
    private static async Task<int> ReadMetricsAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var size = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            size = (await client.GetStringAsync(new Uri("metrics", UriKind.Relative), CancellationToken.None)).Length;
            await Task.Delay(Interval, CancellationToken.None);
        }

        return size;
    }
}
