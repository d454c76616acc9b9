using System.Diagnostics;
using System.Globalization;
using DandelionMl.Backbones;

namespace DandelionMl.Benchmarks;

/// <summary>The speed of single-precision matrix products here, about the most that a network can reach. It is measured by a process
/// of its own: libtorch's memory and threads are not to be those of a benchmark.</summary>
internal static class MatrixPeak
{
    /// <summary>How a benchmark calls itself to measure it; its argument is a number of threads.</summary>
    public const string Command = "peak";

    /// <summary>Rows enough for its full speed, and no more: it is measured before each benchmark.</summary>
    private const int Photos = 2;

    /// <summary>Those that run a backbone or train; <c>embedding</c> and <c>all</c> measure it beside what they time.</summary>
    private static readonly string[] Networks =
    [
        "training", "predict", "serving", "stores", "shards", "scale", "uploads", "hostile", "telemetry", "shadow", "soak",
        "built-in", "built-in-speed", "backbones", "first-reviews", "unknowns", "head", "honesty", "duplicates",
    ];

    /// <summary>Whether a benchmark is told it at its head.</summary>
    public static bool IsOf(string benchmark) => Networks.Contains(benchmark);

    /// <summary>That of all cores, in words.</summary>
    public static string Describe() => Measure(Environment.ProcessorCount) is { } all
        ? FormattableString.Invariant($"matrix products alone, in single precision: {all:0} GFLOP/s on all cores")
        : "matrix products not measured: libtorch is not at hand";

    /// <summary>Measures it in another process.</summary>
    /// <returns>10⁹ multiplications and additions a second; null where libtorch is not at hand.</returns>
    public static double? Measure(int threads)
    {
        string[] arguments = [Command, threads.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Measures it here and prints it.</summary>
    /// <returns>The exit code: 1 where libtorch is not at hand.</returns>
    public static int Run(int threads)
    {
        try
        {
            Console.WriteLine(MatrixProducts.MeasureGigaflopPerSecond(Photos, threads).ToString(CultureInfo.InvariantCulture));
            return 0;
        }
        catch (BackboneUnavailableException)
        {
            return 1;
        }
    }
}
