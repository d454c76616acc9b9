using System.Globalization;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Tests.Promotion;

/// <summary>1,000 real heads that are worse than their champions, by how much is known.</summary>
public sealed class WorseHeads
{
    internal const int Count = 1_000;
    private const double LeastLoss = 0.0005;

    /// <summary>Trains them.</summary>
    public WorseHeads()
    {
        var population = new SimulatedPhotos(seed: -1).Draw(20_000);
        for (var seed = 0; Pairs.Count < Count; seed++)
        {
            // Worse in one of two ways: mislabelled training photos, or a disturbed head.
            var photos = new SimulatedPhotos(seed);
            var champion = photos.Train(600);
            var strength = seed % 10 / 10.0;
            var candidate = seed % 20 < 10 ? photos.Train(600, 0.1 + (0.4 * strength)) : photos.Disturb(champion, 0.02 + (0.2 * strength));
            var loss = SimulatedPhotos.Accuracy(champion, population) - SimulatedPhotos.Accuracy(candidate, population);
            if (loss >= LeastLoss)
            {
                Pairs.Add(new WorseHead(seed, champion, candidate, loss));
            }
        }
    }

    internal List<WorseHead> Pairs { get; } = new(Count);

    internal sealed record WorseHead(int Seed, LinearHead Champion, LinearHead Candidate, double Loss);
}

/// <summary>How often the gate lets worse candidates through: real heads whose true accuracies are known, each pair compared on test
/// images of its own. All seeded.</summary>
public sealed class GateSimulationTests(WorseHeads worse, ITestOutputHelper output) : IClassFixture<WorseHeads>
{
    private const int Candidates = WorseHeads.Count;
    private const int TestImages = 300;
    private static readonly PromotionGateOptions Options = new() { MinimumAccuracy = 0, MinimumRecall = 0 };

    /// <param name="testImages">Images that the two are compared on.</param>
    /// <param name="hasSeenMore">Whether the candidate was trained on more images than the champion.</param>
    /// <param name="leastLoss">By how much, as a share, the candidates are worse at least.</param>
    [Theory]
    [InlineData(90, false, 0)]
    [InlineData(300, false, 0)]
    [InlineData(90, true, 0.02)]
    [InlineData(300, true, 0.02)]
    [InlineData(1_000, true, 0.02)]
    public void Worse_candidates_pass_in_at_most_5_of_100_cases(int testImages, bool hasSeenMore, double leastLoss)
    {
        var outcomes = worse.Pairs.Select(pair => (pair.Loss, Passed: Passes(Compare(
            pair.Champion, pair.Candidate, new SimulatedPhotos(pair.Seed + Candidates * 10).Draw(testImages), hasSeenMore)))).ToList();
        Report(outcomes, testImages, hasSeenMore);

        var counted = outcomes.Where(outcome => outcome.Loss >= leastLoss).ToList();
        Assert.True(counted.Count >= Candidates / 2);
        Assert.True(Share(counted) <= 0.05, $"{Share(counted)} of {counted.Count} pass");
    }

    [Fact]
    public void Equal_candidates_that_saw_no_more_data_pass_in_at_most_5_of_100_cases()
    {
        // Trained on other photos of the same world: equally good, and now right, now wrong on others.
        var passed = Enumerable.Range(0, Candidates).Count(seed =>
        {
            var photos = new SimulatedPhotos(seed);
            return Passes(Compare(photos.Train(600), photos.Train(600), photos.Draw(TestImages), hasSeenMore: false));
        });

        output.WriteLine($"{passed} of {Candidates} pass");
        Assert.True(passed <= 0.05 * Candidates, $"{passed} pass");
    }

    [Theory]
    [InlineData(210, 10, 90)]
    [InlineData(700, 20, 300)]
    public void Retrained_candidates_that_saw_some_more_photos_pass_about_every_second_time_or_more(int photos, int more, int testImages)
    {
        // Hardly better in truth, in a world where classes overlap: a gate that stops them all stops the loop.
        const int count = 200;
        var passed = Enumerable.Range(0, count).Count(seed =>
        {
            var world = new SimulatedPhotos(seed);
            var seen = world.Draw(photos + more);
            return Passes(Compare(
                SimulatedPhotos.Fit(seen[..photos]), SimulatedPhotos.Fit(seen), world.Draw(testImages), hasSeenMore: true));
        });

        output.WriteLine($"{passed} of {count} pass");
        Assert.True(passed > 0.4 * count, $"{passed} of {count} pass");
    }

    [Fact]
    public void Better_candidates_pass_the_more_often_the_better_they_are()
    {
        var shares = new List<double>();
        foreach (var noise in (double[])[0.1, 0.2, 0.3])
        {
            var passed = 0;
            for (var seed = 0; seed < 200; seed++)
            {
                var photos = new SimulatedPhotos(seed);
                var candidate = photos.Train(600);
                passed += Passes(Compare(photos.Disturb(candidate, noise), candidate, photos.Draw(TestImages), hasSeenMore: false)) ? 1 : 0;
            }

            shares.Add(passed / 200.0);
        }

        output.WriteLine($"better candidates without more data pass: {string.Join(", ", shares)}");
        Assert.Equal(shares.Order(), shares);
        Assert.True(shares[^1] > 0.95);
    }

    private static ModelComparison Compare(
        LinearHead champion, LinearHead candidate, List<(float[] Embedding, int Target)> test, bool hasSeenMore)
    {
        var images = test.Index().Select(item => new ManifestImage($"{item.Index}", SimulatedPhotos.Labels[item.Item.Target], DataSplit.Test)).ToList();
        var embeddings = test.Index().ToDictionary(item => $"{item.Index}", item => (ReadOnlyMemory<float>)item.Item.Embedding);
        var more = hasSeenMore ? new ManifestImage("new", SimulatedPhotos.Labels[0], DataSplit.Train) : null;
        return HeadToHead.Compare(
            JudgedHead.Of(candidate, SimulatedPhotos.Labels, more is null ? images : [.. images, more], embeddings),
            JudgedHead.Of(champion, SimulatedPhotos.Labels, images, embeddings), Options);
    }

    private static bool Passes(ModelComparison comparison) => GateChecks.Beside(1, comparison, Options).All(check => check.Passed);

    private static double Share(List<(double Loss, bool Passed)> candidates) =>
        candidates.Count(candidate => candidate.Passed) / (double)candidates.Count;

    private void Report(List<(double Loss, bool Passed)> outcomes, int testImages, bool hasSeenMore)
    {
        double[] degrees = [0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 1];
        output.WriteLine($"{testImages} test images, {(hasSeenMore ? "more" : "no more")} data: {Share(outcomes):P1} of all pass");
        foreach (var (from, to) in degrees.Zip(degrees.Skip(1)))
        {
            if (outcomes.Where(item => item.Loss >= from && item.Loss < to).ToList() is { Count: > 0 } some)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  {100 * from:0.0} to {100 * to:0.0} points worse: {Share(some):P1} of {some.Count}"));
            }
        }
    }
}
