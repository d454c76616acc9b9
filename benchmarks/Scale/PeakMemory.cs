using System.Globalization;

namespace DandelionMl.Benchmarks.Scale;

/// <summary>The most resident memory of this process while it does something, as Linux counts it.</summary>
internal static class PeakMemory
{
    /// <summary>Does the work.</summary>
    /// <returns>Megabytes; what the process holds anyway is among them.</returns>
    public static async Task<double> MeasureAsync(Func<Task> work)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        // Sets the peak back to what is resident now.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        await work();
        var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1e3;
    }
}
