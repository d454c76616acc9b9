using System.Globalization;
using System.Text.Json;
using DandelionMl.Tests.Promotion;

namespace DandelionMl.Benchmarks.Honesty;

/// <summary>The gate over a year: how often the champion after 52 gates is worse than the best there was, by more than one point.</summary>
internal static class GateChainsBenchmark
{
    private const int Chains = 100;

    private static readonly (string Name, GateChain Chain)[] Worlds =
    [
        ("200 photos, 10 a week, decay", new GateChain(200, 10, Decay: 0.05)),
        ("200 photos, 10 a week, much decay", new GateChain(200, 10, Decay: 0.15)),
        ("1,000 photos, 30 a week, decay", new GateChain(1_000, 30, Decay: 0.05)),
        ("1,000 photos, 30 a week, much decay", new GateChain(1_000, 30, Decay: 0.15)),
        ("1,000 photos, 200 a week, decay", new GateChain(1_000, 200, Decay: 0.05)),
        ("200 photos, 20 a week, much drift, heads disturbed", new GateChain(200, 20, Drift: 4, Noise: 0.2)),
        ("1,000 photos, 200 a week, much drift, heads disturbed", new GateChain(1_000, 200, Drift: 4, Noise: 0.2)),
        ("1,000 photos, 30 a week, drift and decay", new GateChain(1_000, 30, Drift: 2, Decay: 0.05)),
        ("200 photos, 10 a week", new GateChain(200, 10)),
        ("1,000 photos, 30 a week", new GateChain(1_000, 30)),
        ("200 photos, 20 a week, some batches mislabelled", new GateChain(200, 20, Mislabelled: 0.4)),
        ("1,000 photos, 30 a week, some batches mislabelled", new GateChain(1_000, 30, Mislabelled: 0.4)),
        ("200 photos, 20 a week, drift", new GateChain(200, 20, Drift: 2)),
        ("1,000 photos, 30 a week, drift", new GateChain(1_000, 30, Drift: 2)),
        ("1,000 photos, 200 a week, much drift", new GateChain(1_000, 200, Drift: 4)),
        ("1,000 photos, no more, heads disturbed", new GateChain(1_000, 0, Noise: 0.2)),
    ];

    public static void Run(string photosFolder)
    {
        Console.WriteLine($"\nThe gate over 52 weeks, {Chains} chains: the last champion beside the best there was, on photos as they are at the end");
        Console.WriteLine($"{"",-52}{"promotions",11}{"first",8}{"best",8}{"last",8}{"worse by > 1 point",20}{"mean loss",11}{"without memory",16}{"mean loss",11}");
        foreach (var (name, chain) in Worlds)
        {
            var (outcomes, before) = (Simulate(chain, hasMemory: true), Simulate(chain, hasMemory: false));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-52}{outcomes.Average(one => one.Promotions),11:0.0}{outcomes.Average(one => one.First),8:0.000}{outcomes.Average(one => one.Best),8:0.000}{outcomes.Average(one => one.Last),8:0.000}{Worse(outcomes),20:P1}{MeanLoss(outcomes),11:0.00}{Worse(before),16:P1}{MeanLoss(before),11:0.00}"));
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "honesty-gates", name, worse = Worse(outcomes), meanLoss = MeanLoss(outcomes), worseBefore = Worse(before), meanLossBefore = MeanLoss(before) }));
        }
    }

    private static List<ChainOutcome> Simulate(GateChain chain, bool hasMemory) =>
        [.. Enumerable.Range(0, Chains).AsParallel().Select(seed => chain.Run(seed, hasMemory))];

    private static double Worse(List<ChainOutcome> outcomes) => outcomes.Average(outcome => outcome.IsWorse ? 1.0 : 0);

    /// <summary>In points of a hundred.</summary>
    private static double MeanLoss(List<ChainOutcome> outcomes) => 100 * outcomes.Average(outcome => outcome.Best - outcome.Last);
}
