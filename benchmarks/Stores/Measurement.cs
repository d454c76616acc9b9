using System.Diagnostics;
using System.Globalization;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>What one run cost.</summary>
/// <param name="PerSecond">Photos a second.</param>
/// <param name="ClientMilliseconds">CPU time of this process for a photo.</param>
/// <param name="BusyCores">How many of the machine's cores were busy on average, whoever with.</param>
/// <param name="MegabytesAtATenth">This process's resident memory when a tenth of the photos was done.</param>
/// <param name="PeakMegabytes">The most of it.</param>
internal sealed record Measurement(
    double PerSecond, double ClientMilliseconds, double BusyCores, double MegabytesAtATenth, double PeakMegabytes)
{
    private const double TicksPerSecond = 100;

    /// <param name="photos">How many photos it takes in.</param>
    /// <param name="run">The run, which tells how many photos it has done.</param>
    public static async Task<Measurement> OfAsync(int photos, Func<Action<int>, Task> run)
    {
        GC.Collect();
        var (peak, atATenth) = (Environment.WorkingSet, 0L);
        var (busy, used, clock) = (BusySeconds(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        await using (new Timer(_ => peak = Math.Max(peak, Environment.WorkingSet), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(50)))
        {
            await run(done =>
            {
                if (atATenth == 0 && done >= photos / 10)
                {
                    atATenth = Environment.WorkingSet;
                }
            });
        }

        var seconds = clock.Elapsed.TotalSeconds;
        return new Measurement(
            photos / seconds,
            (Environment.CpuUsage.TotalTime - used).TotalMilliseconds / photos,
            (BusySeconds() - busy) / seconds,
            atATenth / 1e6,
            peak / 1e6);
    }

    // Everything but idle and waiting, of all cores together; 0 where there is no /proc.
    private static double BusySeconds() => !File.Exists("/proc/stat")
        ? 0
        : File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Where((_, column) => column is not (3 or 4))
            .Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
}
