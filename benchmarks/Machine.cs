namespace DandelionMl.Benchmarks;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    private static readonly string[] Telling = ["avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16"];

    /// <summary>Date, CPU with those of its instructions that matter to a network, and cores that the process may use.</summary>
    public static string Describe() => FormattableString.Invariant(
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Read("model name") ?? "unknown CPU"}, {Flags()}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");

    private static string Flags()
    {
        var flags = (Read("flags") ?? Read("Features") ?? "").Split(' ');
        return Telling.Intersect(flags).ToList() is { Count: > 0 } known ? string.Join(' ', known) : "instructions not told";
    }

    // Linux alone says so in a file.
    private static string? Read(string name) => !File.Exists("/proc/cpuinfo")
        ? null
        : File.ReadLines("/proc/cpuinfo").Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0] == name)?[1];
}
