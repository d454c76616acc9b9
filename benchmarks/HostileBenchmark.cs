using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace DandelionMl.Benchmarks;

/// <summary>The host while one client sends 64 of the worst pictures at once and holds 300 uploads open, and another one goes on having usual
/// photos classified: resident memory, how long <c>/healthz</c> takes, and how many of the other's predictions are answered.</summary>
internal static class HostileBenchmark
{
    private const int Pictures = 64;
    private const int HeldOpen = 300;
    private const int Port = 18_423;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(string photosFolder)
    {
        var photos = Directory.EnumerateFiles(photosFolder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        using var folder = new TempFolder();
        var environment = new Dictionary<string, string>
        {
            ["DandelionMl__Backbone"] = "built-in-v1",
            ["DandelionMl__DataDirectory"] = folder.Path,
            ["Logging__LogLevel__Default"] = "Warning",
        };
        await HostProcess.RunToEndAsync(environment, "ingest", photosFolder);
        await HostProcess.RunToEndAsync(environment, "train");

        using var host = HostProcess.Start(environment, "serve", "--urls", $"http://0.0.0.0:{Port}");
        try
        {
            using var honest = Client("127.0.0.2");
            await HostProcess.ReadyAsync(host, honest);
            for (var warm = 0; warm < 20; warm++)
            {
                await PredictAsync(honest, await File.ReadAllBytesAsync(photos[warm]));
            }

            var idle = HostProcess.Resident(host);
            using var attack = new CancellationTokenSource(Duration);
            var held = HoldOpenAsync(attack.Token);
            var attacker = AttackAsync(attack.Token);
            var health = WatchHealthAsync(attack.Token);
            var memory = WatchMemoryAsync(host, attack.Token);
            var (answered, asked, slowest) = (0, 0, TimeSpan.Zero);
            while (!attack.IsCancellationRequested)
            {
                var clock = Stopwatch.StartNew();
                asked++;
                answered += await PredictAsync(honest, await File.ReadAllBytesAsync(photos[asked % photos.Count])) ? 1 : 0;
                slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
                await Task.Delay(50);
            }

            var result = new Result(
                idle, await memory, (await health).TotalSeconds, answered, asked,
                slowest.TotalSeconds, await attacker, await held);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"memory {result.IdleMegabytes:0} MB idle, {result.MostMegabytes:0} MB at most; /healthz {result.SlowestHealth:0.00} s at most; predictions of another client {result.Answered} of {result.Asked}, {result.SlowestPrediction:0.00} s at most; hostile pictures answered {result.HostilePictures}; uploads held open {result.HeldOpen} of {HeldOpen}"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "hostile", result }, JsonSerializerOptions.Web));
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync();
        }
    }

    /// <summary>The pictures of the worst kinds, again and again, 64 at a time; each with other bytes behind it, so that none is known.</summary>
    private static async Task<int> AttackAsync(CancellationToken cancellationToken)
    {
        using var client = Client("127.0.0.1");
        var kinds = HostilePictures.All();
        var (answers, next) = (0, 0);
        var all = Enumerable.Range(0, Pictures).Select(async _ =>
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                if (await PredictAsync(client, [.. kinds[number % kinds.Count], .. BitConverter.GetBytes(number)]))
                {
                    Interlocked.Increment(ref answers);
                }

                await Task.Delay(20, CancellationToken.None);
            }
        });
        await Task.WhenAll(all);
        return answers;
    }

    /// <summary>Uploads of just under 20 MiB whose last bytes never come.</summary>
    /// <returns>How many the host took.</returns>
    private static async Task<int> HoldOpenAsync(CancellationToken cancellationToken)
    {
        var body = new byte[20 * 1024 * 1024 - 60_000];
        var taken = await Task.WhenAll(Enumerable.Range(0, HeldOpen).Select(async _ =>
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.1"), 0));
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                var head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
                await socket.SendAsync(Encoding.ASCII.GetBytes(
                    $"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {20 * 1024 * 1024}\r\n\r\n{head}"), cancellationToken);
                await socket.SendAsync(body, cancellationToken);
                while (true)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                    await socket.SendAsync(new byte[400], cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                return 1;
            }
            catch (SocketException)
            {
                return 0; // Refused.
            }
        }));
        return taken.Sum();
    }

    private static async Task<TimeSpan> WatchHealthAsync(CancellationToken cancellationToken)
    {
        using var client = Client("127.0.0.3");
        var slowest = TimeSpan.Zero;
        while (!cancellationToken.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            using var response = await client.GetAsync(new Uri("healthz", UriKind.Relative), CancellationToken.None);
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            await Task.Delay(50, CancellationToken.None);
        }

        return slowest;
    }

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

    private static async Task<bool> PredictAsync(HttpClient client, byte[] photo)
    {
        try
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "file", "photo.jpg" } };
            using var response = await client.PostAsync(new Uri("predict", UriKind.Relative), form);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static HttpClient Client(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, token) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{Port}/"),
        Timeout = TimeSpan.FromMinutes(3),
    };

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
