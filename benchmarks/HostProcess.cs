using System.Diagnostics;
using System.Net;

namespace DandelionMl.Benchmarks;

/// <summary>The command <c>dandelion</c>, in a process of its own.</summary>
internal static class HostProcess
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    /// <summary>The program; the one that was built with the benchmarks by default.</summary>
    public static string Program { get; set; } = Path.Combine(AppContext.BaseDirectory, "dandelion.dll");

    public static Process Start(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = Path.GetExtension(Program) == ".dll"
            ? new ProcessStartInfo("dotnet", [Program, .. arguments])
            : new ProcessStartInfo(Program, arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <exception cref="InvalidOperationException">It did not succeed.</exception>
    public static async Task RunToEndAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dandelion {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    /// <summary>Takes photos in and trains the built-in backbone's head on them.</summary>
    /// <param name="folder">The data directory, new.</param>
    /// <param name="photosFolder">A folder with one subfolder of photos per label.</param>
    /// <returns>The settings of a host on it.</returns>
    public static async Task<Dictionary<string, string>> TrainAsync(TempFolder folder, string photosFolder)
    {
        var environment = new Dictionary<string, string>
        {
            ["DandelionMl__Backbone"] = "built-in-v1",
            ["DandelionMl__DataDirectory"] = folder.Path,
            ["Logging__LogLevel__Default"] = "Warning",
        };
        await RunToEndAsync(environment, "ingest", photosFolder);
        await RunToEndAsync(environment, "train");
        return environment;
    }

    /// <summary>Waits until a host is ready.</summary>
    /// <exception cref="TimeoutException">It is not after a minute.</exception>
    public static async Task ReadyAsync(Process host, HttpClient client)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var response = await client.GetAsync(new Uri("readyz", UriKind.Relative));
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!host.HasExited)
            {
                // Not listening yet.
            }

            if (clock.Elapsed > StartTimeout)
            {
                throw new TimeoutException($"The host was not ready after {StartTimeout}.");
            }

            await Task.Delay(5);
        }
    }

    /// <summary>Resident memory in megabytes.</summary>
    public static double Resident(Process host)
    {
        host.Refresh();
        return host.WorkingSet64 / 1e6;
    }
}
