using System.Diagnostics;
using System.Text.Json;
using DandelionMl.Backbones;

namespace DandelionMl.Benchmarks.All;

/// <summary>All that is claimed of speed, measured in one run of ten minutes at most and put into one table. Each benchmark runs in a process of
/// its own, so that one that fails, or takes too long, takes nothing from the others.</summary>
internal static class AllBenchmarks
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(10);

    /// <param name="page">The page that gets the table; null to print it alone.</param>
    /// <returns>Whether each benchmark that can run here was measured.</returns>
    public static async Task<bool> RunAsync(string? page)
    {
        var clock = Stopwatch.StartNew();
        var table = new MeasuredTable(MeasurePeak());
        var all = true;
        foreach (var benchmark in ShortBenchmarks.All)
        {
            if (benchmark.Missing() is { } missing)
            {
                table.Skip(benchmark.Name, missing);
                continue;
            }

            var left = Most - clock.Elapsed;
            var limit = left < benchmark.Limit ? left : benchmark.Limit;
            Console.Error.WriteLine($"{benchmark.Name} …");
            var (documents, failure) = limit > TimeSpan.Zero ? await RunAsync(benchmark.Arguments, limit) : ([], "the ten minutes were over");
            table.Add(benchmark.Name, documents.SelectMany(benchmark.Rows));
            if (failure is not null)
            {
                table.Skip(benchmark.Name, failure);
                all = false;
            }
        }

        var text = table.ToMarkdown(clock.Elapsed);
        Console.WriteLine(text);
        if (page is not null)
        {
            MeasuredTable.Write(page, text);
        }

        return all;
    }

    /// <returns>The speed of matrix products alone in 10⁹ operations a second; null where libtorch can't be loaded.</returns>
    private static double? MeasurePeak()
    {
        try
        {
            return MatrixProducts.MeasureGigaflopPerSecond(batch: 16, Environment.ProcessorCount);
        }
        catch (BackboneUnavailableException)
        {
            return null;
        }
    }

    /// <returns>The documents that it printed, and what went wrong; null for nothing.</returns>
    private static async Task<(List<JsonElement> Documents, string? Failure)> RunAsync(string[] arguments, TimeSpan limit)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        using var end = new CancellationTokenSource(limit);
        var isLate = false;
        try
        {
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            isLate = true;
            process.Kill(entireProcessTree: true);
        }

        var documents = (await output).Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        return (documents, isLate ? $"it took longer than {limit.TotalSeconds:0} s" : process.ExitCode != 0 ? "it failed" : null);
    }
}
