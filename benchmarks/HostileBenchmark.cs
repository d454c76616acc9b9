using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace DandelionMl.Benchmarks;

/// <summary>The host while one client sends 64 of the worst pictures at once and holds 300 uploads open, and another one goes on having usual
/// photos classified: resident memory, how long <c>/healthz</c> takes, and how many of the other's predictions are answered. The attacker
/// is a process of its own at a lower priority, since elsewhere it has other cores than the host.</summary>
internal static class HostileBenchmark
{
    private const int Port = 18_423;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(string photosFolder)
    {
        var photos = Directory.EnumerateFiles(photosFolder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        using var folder = new TempFolder();
        var environment = await HostProcess.TrainAsync(folder, photosFolder);

        using var host = HostProcess.Start(environment, "serve", "--urls", $"http://0.0.0.0:{Port}");
        try
        {
            using var honest = HostileAttack.Client(Port, "127.0.0.2");
            await HostProcess.ReadyAsync(host, honest);
            for (var warm = 0; warm < 20; warm++)
            {
                await HostileAttack.PredictAsync(honest, await File.ReadAllBytesAsync(photos[warm]));
            }

            var idle = HostProcess.Resident(host);
            using var attack = new CancellationTokenSource(Duration);
            var attacker = HostileAttack.StartAsync(Port, Duration);
            var health = WatchHealthAsync(attack.Token);
            var memory = WatchMemoryAsync(host, attack.Token);
            var (answered, asked, slowest) = (0, 0, TimeSpan.Zero);
            while (!attack.IsCancellationRequested)
            {
                var clock = Stopwatch.StartNew();
                asked++;
                answered += await HostileAttack.PredictAsync(honest, await File.ReadAllBytesAsync(photos[asked % photos.Count])) ? 1 : 0;
                slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
                await Task.Delay(50);
            }

            var (pictures, held) = await attacker;
            var result = new Result(
                idle, await memory, (await health).TotalSeconds, answered, asked, slowest.TotalSeconds, pictures, held);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"memory {result.IdleMegabytes:0} MB idle, {result.MostMegabytes:0} MB at most; /healthz {result.SlowestHealth:0.00} s at most; predictions of another client {result.Answered} of {result.Asked}, {result.SlowestPrediction:0.00} s at most; hostile pictures answered {result.HostilePictures}; uploads held open {result.HeldOpen} of {HostileAttack.HeldOpen}"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "hostile", result }, JsonSerializerOptions.Web));
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync();
        }
    }

    /// <summary>Asks on a thread and a connection of its own, so that what is measured is the host and not this process.</summary>
    private static Task<TimeSpan> WatchHealthAsync(CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            using var connection = new TcpClient("127.0.0.1", Port) { NoDelay = true };
            var answer = new byte[4096];
            var slowest = TimeSpan.Zero;
            while (!cancellationToken.IsCancellationRequested)
            {
                var clock = Stopwatch.StartNew();
                connection.GetStream().Write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
                for (var text = ""; !text.EndsWith("Healthy\r\n0\r\n\r\n", StringComparison.Ordinal) && !text.EndsWith("Healthy", StringComparison.Ordinal);)
                {
                    var length = connection.GetStream().Read(answer);
                    text += length > 0 ? Encoding.ASCII.GetString(answer, 0, length) : throw new IOException("The host closed the connection.");
                }

                slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
                Thread.Sleep(50);
            }

            return slowest;
        },
        cancellationToken,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static async Task<double> WatchMemoryAsync(Process host, CancellationToken cancellationToken)
    {
        var most = 0.0;
        while (!cancellationToken.IsCancellationRequested)
        {
            most = Math.Max(most, HostProcess.Resident(host));
            await Task.Delay(20, CancellationToken.None);
        }

        return most;
    }

    private sealed record Result(
        double IdleMegabytes,
        double MostMegabytes,
        double SlowestHealth,
        int Answered,
        int Asked,
        double SlowestPrediction,
        int HostilePictures,
        int HeldOpen);
}
