using System.Text.Json;

namespace DandelionMl.Benchmarks.All;

/// <summary>A benchmark in a short form, and what the common table says of it.</summary>
/// <param name="Arguments">The benchmark's name and options.</param>
/// <param name="Limit">The most that it may take.</param>
/// <param name="Missing">Why it can't run here; null where it can.</param>
/// <param name="Rows">Rows of the table, from the JSON that it prints.</param>
internal sealed record ShortBenchmark(string[] Arguments, TimeSpan Limit, Func<string?> Missing, Func<JsonElement, IEnumerable<TableRow>> Rows)
{
    /// <summary>Its name, as it is typed.</summary>
    public string Name => string.Join(' ', Arguments.TakeWhile(argument => argument != "--rounds" && !argument.StartsWith("../", StringComparison.Ordinal)));
}

/// <summary>A row of the common table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Figure">What it came to.</param>
/// <param name="Beside">What it was measured beside; empty for nothing.</param>
/// <param name="Ratio">How many times as good as that.</param>
internal sealed record TableRow(string What, string Figure, string Beside = "", string Ratio = "");
