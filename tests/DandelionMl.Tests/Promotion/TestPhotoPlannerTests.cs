using DandelionMl.Classification;
using DandelionMl.Promotion;
using DandelionMl.Promotion.Planning;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Tests.Promotion;

public sealed class TestPhotoPlannerTests : IAsyncDisposable
{
    private readonly GateFixture _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Theory]
    [InlineData(100, 0.06, 0.1)]
    [InlineData(300, 0.02, 0.05)]
    [InlineData(60, 0.1, 0.1)]
    [InlineData(5, 0.5, 0.8)]
    public void Power_is_the_share_of_simulated_comparisons_that_are_significant(int photos, double gain, double differing)
    {
        const int Draws = 8_000;
        var random = new Random(1);
        var significant = Enumerable.Range(0, Draws).Count(_ =>
        {
            var (wins, losses) = (0, 0);
            for (var photo = 0; photo < photos; photo++)
            {
                var drawn = random.NextDouble();
                wins += drawn < (differing + gain) / 2 ? 1 : 0;
                losses += drawn >= (differing + gain) / 2 && drawn < differing ? 1 : 0;
            }

            return ExactTest.McNemar(wins, losses) <= 0.05;
        });

        Assert.Equal((double)significant / Draws, McNemarPower.Of(photos, gain, differing, 0.05), 0.02);
    }

    [Theory]
    [InlineData(0.02, 0.05, 0.8)]
    [InlineData(0.1, 0.2, 0.9)]
    [InlineData(0.005, 0.02, 0.8)]
    public void FindPhotos_are_enough_and_fewer_are_not(double gain, double differing, double power)
    {
        var photos = McNemarPower.FindPhotos(gain, differing, 0.05, power, 1_000_000)!.Value;

        Assert.True(McNemarPower.Of(photos, gain, differing, 0.05) >= power);
        Assert.True(McNemarPower.Of(photos - 1 - (photos / 1_000), gain, differing, 0.05) < power);
        Assert.Null(McNemarPower.FindPhotos(gain, differing, 0.05, power, photos / 2));

        // Connor's formula (1987), by the normal distribution.
        var (level, chance) = (1.645, power == 0.9 ? 1.282 : 0.842);
        var root = (level * Math.Sqrt(differing)) + (chance * Math.Sqrt(differing - (gain * gain)));
        Assert.InRange(photos, root * root / gain / gain * 0.95, (root * root / gain / gain * 1.05) + (2 / gain));
    }

    [Fact]
    public async Task Plan_goes_by_the_verdicts_and_by_what_the_champion_has()
    {
        var images = await _gate.AddTwoClassesAsync();
        var grass = images.Where(image => image.Row.Label == "grass" && image.Row.Split == DataSplit.Test).ToList();
        await DecideAsync(images, grass.Take(4));
        await DecideAsync(images, grass.Skip(4).Take(4));

        var plan = await Planner().PlanAsync(gain: 2, cancellationToken: Token);

        // Four wins and four losses of a hundred.
        Assert.Equal((0.08, DifferingSource.Verdicts, 100, 1), (plan.Differing, plan.DifferingBy, plan.Present, plan.Version));
        Assert.Equal(McNemarPower.FindPhotos(0.02, 0.08, 0.05, 0.8, 1_000_000), plan.Needed);
        Assert.Equal(plan.Needed - 100, plan.Missing);
        Assert.Equal((int)Math.Ceiling(plan.Missing!.Value / 0.3), plan.ToLabel);
        Assert.InRange(McNemarPower.Of(100, plan.SmallestGain!.Value / 100, Math.Max(0.08, plan.SmallestGain.Value / 100), 0.05), 0.8, 0.9);
    }

    [Fact]
    public async Task Plan_of_the_first_model_goes_by_its_errors()
    {
        var images = await _gate.AddTwoClassesAsync();
        await DecideAsync(images, images.Where(image => image.Row.Split == DataSplit.Test).Take(10));

        var plan = await Planner().PlanAsync(gain: 20, power: 0.5, Token);

        Assert.Equal((0.2, DifferingSource.Gain), (plan.Differing, plan.DifferingBy));
        Assert.Equal((0, 0), (plan.Missing, plan.ToLabel));
        Assert.True(await Planner().PlanAsync(gain: 5, cancellationToken: Token) is { Differing: > 0.0999 and < 0.1001, DifferingBy: DifferingSource.Errors });
    }

    [Fact]
    public async Task Plan_of_a_handful_of_photos_shows_no_gain_and_a_tiny_gain_takes_more_than_a_million()
    {
        var images = await _gate.AddTwoClassesAsync(testPerClass: 2);
        await _gate.CrownAsync(images, images.Where(image => image.Row.Split == DataSplit.Test).Take(2));

        var plan = await Planner().PlanAsync(gain: 0.1, cancellationToken: Token);

        Assert.Null(plan.SmallestGain);
        Assert.Null(plan.Needed);
        Assert.Null(plan.Missing);
        Assert.Null(plan.ToLabel);
    }

    [Fact]
    public async Task Plan_without_a_champion_or_with_numbers_out_of_range_is_refused()
    {
        await Assert.ThrowsAsync<NoModelException>(() => Planner().PlanAsync(2, cancellationToken: Token));
        foreach (var (gain, power) in new[] { (0, 0.8), (51, 0.8), (double.NaN, 0.8), (2, 0.3), (2, 1) })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Planner().PlanAsync(gain, power, Token));
        }
    }

    private TestPhotoPlanner Planner() => new(_gate.Stores.Registry, new PromotionGateOptions(), new TrainingOptions());

    private async Task DecideAsync(IReadOnlyList<GateFixture.GateImage> images, IEnumerable<GateFixture.GateImage> wrong) =>
        await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, wrong), "train", Token);
}
