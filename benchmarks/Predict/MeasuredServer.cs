using System.Diagnostics;
using System.Globalization;

namespace DandelionMl.Benchmarks.Predict;

/// <summary>A server in a process of its own, and what its answers cost.</summary>
/// <param name="process">Its process.</param>
/// <param name="port">Where it listens.</param>
/// <param name="allocated">Reads the bytes that it allocated so far.</param>
internal sealed class MeasuredServer(Process process, int port, Func<HttpClient, Task<double>> allocated) : IAsyncDisposable
{
    private const string AllocatedBytes = "dotnet_gc_heap_total_allocated_bytes_total";

    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };

    /// <summary>The host, by its page for Prometheus.</summary>
    public static async Task<double> OfTheHostAsync(HttpClient client)
    {
        var page = await client.GetStringAsync(new Uri("metrics", UriKind.Relative));
        var line = page.Split('\n').First(line => line.StartsWith(AllocatedBytes, StringComparison.Ordinal));
        return double.Parse(line[line.IndexOf("} ", StringComparison.Ordinal)..].TrimStart('}').Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The bare server, by its page.</summary>
    public static async Task<double> OfTheBareServerAsync(HttpClient client) =>
        double.Parse(await client.GetStringAsync(new Uri("allocated", UriKind.Relative)), CultureInfo.InvariantCulture);

    public Task ReadyAsync() => HostProcess.ReadyAsync(process, _client);

    /// <summary>Has clients send photos, each the next when the last is answered.</summary>
    /// <exception cref="HttpRequestException">One was refused.</exception>
    public async Task<Load> LoadAsync(UniquePhotos photos, int clients, TimeSpan duration)
    {
        var (bytes, processor) = (await allocated(_client), Processor());
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => SendAsync(photos, clock, duration))));
        var seconds = clock.Elapsed.TotalSeconds;
        return new Load([.. times.SelectMany(some => some)], seconds, Processor() - processor, await allocated(_client) - bytes);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<List<double>> SendAsync(UniquePhotos photos, Stopwatch clock, TimeSpan duration)
    {
        var milliseconds = new List<double>();
        while (clock.Elapsed < duration)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(photos.Next()), "file", "photo.jpg" } };
            var sentAt = Stopwatch.GetTimestamp();
            using var response = await _client.PostAsync(new Uri("predict", UriKind.Relative), form);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
            milliseconds.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
        }

        return milliseconds;
    }

    private double Processor()
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalMilliseconds;
    }
}

/// <summary>What a server did under load.</summary>
/// <param name="Milliseconds">The time of each answer, as its client saw it.</param>
/// <param name="Seconds">The time of all.</param>
/// <param name="ProcessorMilliseconds">Processor time of the server's process.</param>
/// <param name="AllocatedBytes">Bytes that it allocated.</param>
internal sealed record Load(IReadOnlyList<double> Milliseconds, double Seconds, double ProcessorMilliseconds, double AllocatedBytes)
{
    public double PerSecond => Milliseconds.Count / Seconds;
}
