using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Benchmarks;

/// <summary>Cold start of the host, from the start of its process to its first ready answer, and its resident memory while it answers
/// 1,000 predictions, or 100 in the short form, with each backbone.</summary>
internal static class ServingBenchmark
{
    private const int ColdStarts = 5;
    private const int Predictions = 1_000;
    private const int FewPredictions = 100;
    private const int Clients = 4;

    public static async Task RunAsync(string photosFolder, bool isShort)
    {
        var photos = Directory.EnumerateFiles(photosFolder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        using var folder = new TempFolder();
        var weights = Path.Combine(folder.Path, "dinov2.safetensors");
        FormulaVitS14.Write(weights);

        var results = new List<Result>();
        foreach (var backbone in new[] { "built-in-v1", "dinov2-vits14" })
        {
            var environment = new Dictionary<string, string>
            {
                ["DandelionMl__Backbone"] = backbone,
                ["DandelionMl__DataDirectory"] = Path.Combine(folder.Path, backbone),
                ["DandelionMl__Backbones__LocalWeights__dinov2-vits14"] = weights,
                ["DandelionMl__Security__PredictionsPerMinute"] = "0",

                // Weights by a formula learn little, and are to be served all the same.
                ["DandelionMl__Gate__MinimumAccuracy"] = "0",
                ["DandelionMl__Gate__MinimumRecall"] = "0",

                // A photo sent again is to cost a backbone pass again.
                ["DandelionMl__Classifier__RecentEmbeddings"] = "0",
                ["Logging__LogLevel__Default"] = "Warning",
            };
            await HostProcess.RunToEndAsync(environment, "ingest", photosFolder);
            await HostProcess.RunToEndAsync(environment, "train");
            results.Add(await MeasureAsync(backbone, environment, photos, isShort ? FewPredictions : Predictions));
        }

        Console.WriteLine($"{"backbone",-16}{"cold start",14}{"processor",12}   resident memory at first and after each quarter of the predictions");
        foreach (var result in results)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Backbone,-16}{result.ColdStartSeconds,12:0.00} s{result.ColdStartProcessorSeconds,10:0.00} s   {string.Join(", ", result.ResidentMegabytes.Select(value => $"{value:0}"))} MB; {result.PredictionsPerSecond:0.0} predictions/s"));
        }

        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "serving", results }, JsonSerializerOptions.Web));
    }

    private static async Task<Result> MeasureAsync(string backbone, Dictionary<string, string> environment, List<string> photos, int predictions)
    {
        var (coldStarts, processor) = (new List<double>(), new List<double>());
        for (var start = 1; start < ColdStarts; start++)
        {
            using var host = await StartAsync(environment);
            coldStarts.Add(host.ColdStart.TotalSeconds);
            processor.Add(host.ProcessorTime.TotalSeconds);
        }

        using var served = await StartAsync(environment);
        coldStarts.Add(served.ColdStart.TotalSeconds);
        processor.Add(served.ProcessorTime.TotalSeconds);
        var memory = new List<double> { served.ResidentMegabytes };
        var clock = Stopwatch.StartNew();
        for (var quarter = 0; quarter < 4; quarter++)
        {
            await Parallel.ForAsync(0, predictions / 4, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (index, token) =>
            {
                using var form = new MultipartFormDataContent
                {
                    { new ByteArrayContent(await File.ReadAllBytesAsync(photos[index % photos.Count], token)), "file", "photo.jpg" },
                };
                using var response = await served.Client.PostAsync(new Uri("predict", UriKind.Relative), form, token);
                response.EnsureSuccessStatusCode();
            });
            memory.Add(served.ResidentMegabytes);
        }

        var perSecond = predictions / clock.Elapsed.TotalSeconds;
        return new Result(backbone, Median(coldStarts), Median(processor), memory, perSecond);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<Host> StartAsync(Dictionary<string, string> environment)
    {
        var port = FreePort.Find();
        var clock = Stopwatch.StartNew();
        var process = HostProcess.Start(environment, "serve", "--urls", $"http://127.0.0.1:{port}");
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(2) };
        await HostProcess.ReadyAsync(process, client);
        return new Host(process, client, clock.Elapsed, process.TotalProcessorTime);
    }

    private sealed record Result(
        string Backbone, double ColdStartSeconds, double ColdStartProcessorSeconds, IReadOnlyList<double> ResidentMegabytes, double PredictionsPerSecond);

    private sealed class Host(Process process, HttpClient client, TimeSpan coldStart, TimeSpan processorTime) : IDisposable
    {
        public HttpClient Client => client;

        public TimeSpan ColdStart => coldStart;

        /// <summary>What the start took of the processor.</summary>
        public TimeSpan ProcessorTime => processorTime;

        public double ResidentMegabytes => HostProcess.Resident(process);

        public void Dispose()
        {
            client.Dispose();
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
