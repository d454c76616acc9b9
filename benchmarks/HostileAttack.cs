using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace DandelionMl.Benchmarks;

/// <summary>The client of <see cref="HostileBenchmark"/> that sends the worst pictures and holds uploads open.</summary>
internal static class HostileAttack
{
    /// <summary>The name of the command that runs it.</summary>
    public const string Command = "hostile-attack";

    public const int HeldOpen = 300;

    private const int Pictures = 64;

    /// <summary>Attacks from a process of its own.</summary>
    /// <returns>How many pictures were answered, and how many uploads the host let be held open.</returns>
    public static async Task<(int Pictures, int HeldOpen)> StartAsync(int port, TimeSpan duration)
    {
        using var process = Process.Start(new ProcessStartInfo("nice", ["-n", "10", Environment.ProcessPath!, Command, $"{port}", $"{duration.TotalSeconds}"])
        {
            RedirectStandardOutput = true,
        })!;
        var result = JsonSerializer.Deserialize<int[]>(await process.StandardOutput.ReadToEndAsync())!;
        return (result[0], result[1]);
    }

    /// <summary>Attacks, and prints what came of it.</summary>
    public static async Task RunAsync(string port, string seconds)
    {
        var number = int.Parse(port, CultureInfo.InvariantCulture);
        using var attack = new CancellationTokenSource(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        var results = await Task.WhenAll(SendAsync(number, attack.Token), HoldOpenAsync(number, attack.Token));
        Console.WriteLine(JsonSerializer.Serialize(results));
    }

    public static async Task<bool> PredictAsync(HttpClient client, byte[] photo)
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

    public static HttpClient Client(int port, string address) => new(new SocketsHttpHandler
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
        BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
        Timeout = TimeSpan.FromMinutes(3),
    };

    /// <summary>The pictures of the worst kinds, again and again, 64 at a time; each with other bytes behind it, so that none is known.</summary>
    private static async Task<int> SendAsync(int port, CancellationToken cancellationToken)
    {
        using var client = Client(port, "127.0.0.1");
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
    private static async Task<int> HoldOpenAsync(int port, CancellationToken cancellationToken)
    {
        var body = new byte[20 * 1024 * 1024 - 60_000];
        var taken = await Task.WhenAll(Enumerable.Range(0, HeldOpen).Select(async _ =>
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.1"), 0));
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
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
}
