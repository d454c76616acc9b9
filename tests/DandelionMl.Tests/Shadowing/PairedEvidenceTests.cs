using DandelionMl.Shadowing;

namespace DandelionMl.Tests.Shadowing;

public sealed class PairedEvidenceTests(ITestOutputHelper output)
{
    private const int Sequences = 1_000;
    private const int Photos = 500;

    [Fact]
    public void Nothing_is_decided_before_the_first_photo() =>
        Assert.Equal(new PairedEvidence(0, 0, 0, 1, 1, PairedVerdict.Open), PairedEvidence.Of([]));

    [Fact]
    public void Capital_is_the_mean_of_what_each_bet_has_made()
    {
        var evidence = PairedEvidence.Of([PairedScore.ShadowRight, PairedScore.BothWrong, PairedScore.ShadowRight, PairedScore.ChampionRight]);

        Assert.Equal((2, 1, 1, PairedVerdict.Open), (evidence.Won, evidence.Lost, evidence.BothWrong, evidence.Verdict));
        double[] bets = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
        Assert.Equal(bets.Average(bet => (1 + bet) * (1 + bet) * (1 - bet)), evidence.Better, 1e-12);
        Assert.Equal(bets.Average(bet => (1 - bet) * (1 - bet) * (1 + bet)), evidence.Worse, 1e-12);
    }

    [Fact]
    public void Verdict_stays_once_it_is_given()
    {
        var evidence = PairedEvidence.Of([.. Enumerable.Repeat(PairedScore.ShadowRight, 20), .. Enumerable.Repeat(PairedScore.ChampionRight, 100)]);

        Assert.Equal(PairedVerdict.Better, evidence.Verdict);
        Assert.True(evidence.Better < 1);
    }

    /// <summary>However often one looks, and whatever share of photos both are wrong on.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Equal_models_are_told_apart_in_at_most_5_of_100_sequences(double bothWrong)
    {
        var ends = Simulate(0.5, bothWrong);
        var (better, worse) = (ends.Count(end => end.Verdict == PairedVerdict.Better), ends.Count(end => end.Verdict == PairedVerdict.Worse));

        output.WriteLine($"Of {Sequences} sequences the shadow is said to be better in {better}, worse in {worse}.");
        Assert.InRange(better, 1, Sequences / 20);
        Assert.InRange(worse, 1, Sequences / 20);
    }

    [Theory]
    [InlineData(0.6, 0.85, 300)]
    [InlineData(0.75, 1, 40)]
    public void Better_shadow_is_found(double share, double found, int mostPhotos)
    {
        var ends = Simulate(share, bothWrong: 0);
        var decided = ends.Where(end => end.Verdict == PairedVerdict.Better).Select(end => end.Photos).Order().ToList();

        output.WriteLine($"With {share:P0} of photos won: found in {decided.Count} of {Sequences} sequences, half of those after {decided[decided.Count / 2]} photos.");
        Assert.InRange(decided.Count, found * Sequences, Sequences);
        Assert.InRange(decided[decided.Count / 2], 1, mostPhotos);
    }

    private static List<(PairedVerdict Verdict, int Photos)> Simulate(double share, double bothWrong)
    {
        var random = new Random(61);
        return [.. Enumerable.Range(0, Sequences).Select(_ => Run(random, share, bothWrong))];
    }

    private static (PairedVerdict Verdict, int Photos) Run(Random random, double share, double bothWrong)
    {
        var evidence = PairedEvidence.Of([]);
        for (var photos = 1; photos <= Photos; photos++)
        {
            evidence = evidence.After(random.NextDouble() < bothWrong ? PairedScore.BothWrong
                : random.NextDouble() < share ? PairedScore.ShadowRight : PairedScore.ChampionRight);
            if (evidence.Verdict != PairedVerdict.Open)
            {
                return (evidence.Verdict, photos);
            }
        }

        return (PairedVerdict.Open, Photos);
    }
}
