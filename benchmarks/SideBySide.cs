using System.Diagnostics;

namespace DandelionMl.Benchmarks;

/// <summary><c>POST /predict</c> on two hosts in turn, so that what else the machine does falls on both.</summary>
/// <param name="First">Predictions a second on the one, the median of the rounds.</param>
/// <param name="Second">Predictions a second on the other.</param>
/// <param name="Ratio">The first divided by the second, the median of the rounds.</param>
internal sealed record SideBySide(double First, double Second, double Ratio)
{
    private const int Rounds = 12;
    private const int PredictionsOfRound = 300;
    private const int Clients = 8;

    /// <param name="first">A client of the one host.</param>
    /// <param name="second">A client of the other.</param>
    /// <param name="photos">Gives photos that neither has seen.</param>
    public static async Task<SideBySide> MeasureAsync(HttpClient first, HttpClient second, UniquePhotos photos)
    {
        var rates = new List<(double First, double Second)>();
        for (var round = 0; round <= Rounds; round++)
        {
            // Each begins in turn; the first round warms up.
            var one = await RoundAsync(round % 2 == 0 ? first : second, photos);
            var other = await RoundAsync(round % 2 == 0 ? second : first, photos);
            rates.Add(round % 2 == 0 ? (one, other) : (other, one));
        }

        var kept = rates.Skip(1).ToList();
        return new SideBySide(Median(kept.Select(rate => rate.First)), Median(kept.Select(rate => rate.Second)), Median(kept.Select(rate => rate.First / rate.Second)));
    }

    private static async Task<double> RoundAsync(HttpClient client, UniquePhotos photos)
    {
        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, PredictionsOfRound, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (_, _) =>
        {
            if (!await HostileAttack.PredictAsync(client, photos.Next()))
            {
                throw new InvalidOperationException("A prediction was refused.");
            }
        });
        return PredictionsOfRound / clock.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
