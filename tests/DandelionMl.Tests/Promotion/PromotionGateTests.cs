using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Promotion;

public sealed class PromotionGateTests : IAsyncDisposable
{
    private readonly GateFixture _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Fact]
    public async Task Decide_first_model_above_the_floors_is_promoted_with_its_verdict()
    {
        var version = await _gate.RegisterAsync(await _gate.AddTwoClassesAsync(), []);

        var decided = await _gate.Gate().DecideAsync(version, "train", Token);

        Assert.Equal(ModelState.Champion, decided.State);
        Assert.True(decided.Verdict!.Passed);
        Assert.Null(decided.Verdict.Comparison);
        Assert.Contains("accuracy is 1.000 on 100 test images", decided.Verdict.Summary, StringComparison.Ordinal);
        Assert.Equal("train", (await _gate.Stores.Registry.ListEventsAsync(version, Token))[^1].Actor);
        Assert.Equivalent(decided, await _gate.Stores.Registry.FindAsync(version, Token), strict: true);
    }

    [Theory]
    [InlineData("accuracy", 50, 11, 10)]
    [InlineData("recall", 50, 21, 0)]
    [InlineData("test-images", 4, 0, 0)]
    public async Task Decide_first_model_below_a_floor_is_rejected(string check, int testPerClass, int wrongDandelions, int wrongGrass)
    {
        var images = await _gate.AddTwoClassesAsync(testPerClass);
        var version = await _gate.RegisterAsync(images, [.. Test(images, "dandelion").Take(wrongDandelions), .. Test(images, "grass").Take(wrongGrass)]);

        var decided = await _gate.Gate().DecideAsync(version, "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Contains(decided.Verdict!.Checks, item => item.Name == check && !item.Passed);
        Assert.Null(await _gate.Stores.Registry.GetChampionAsync(Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Decide_tells_how_many_test_labels_changed_since_the_champion_was_trained(int changed)
    {
        var images = await _gate.AddTwoClassesAsync();
        var champion = await _gate.CrownAsync(images, Test(images, "grass").Take(1));
        var relabelled = Test(images, "dandelion").Take(changed).Append(images.First(image => image.Row.Split == DataSplit.Train)).ToList();
        var candidate = await _gate.RegisterAsync(
            [
                .. images.Select(image => relabelled.Contains(image) ? image with { Row = image.Row with { Label = "grass" } } : image),
                .. await _gate.AddAsync("grass", DataSplit.Test, 2),
            ],
            Test(images, "grass").Take(1));

        var verdict = (await _gate.Gate().DecideAsync(candidate, "train", Token)).Verdict!;

        // The training image is no test label, and new images had no label before.
        Assert.Equal(changed, verdict.Comparison!.RelabelledImages);
        Assert.Equal(
            changed == 0 ? [] : [$"Test labels changed since version {champion} was trained: {changed} of 102. Version {champion} may be wrong on them only because it learned the labels of before."],
            verdict.Notes);
    }

    [Theory]
    [InlineData(5, 0, false, ModelState.Champion, "better: ")]
    [InlineData(9, 1, false, ModelState.Champion, "better: ")]
    [InlineData(4, 0, false, ModelState.Rejected, "a tie, and it was not trained on more data")]
    [InlineData(0, 0, false, ModelState.Rejected, "a tie, and it was not trained on more data")]
    [InlineData(0, 0, true, ModelState.Champion, "a tie, and it was trained on more data (110 training images, the champion 100)")]
    [InlineData(4, 0, true, ModelState.Champion, "a tie, and it was trained on more data")]
    [InlineData(1, 1, true, ModelState.Champion, "a tie, and it was trained on more data")]
    [InlineData(3, 3, true, ModelState.Rejected, "a tie, but it may be worse by 4.2 points")]
    [InlineData(0, 1, true, ModelState.Rejected, "worse: ")]
    [InlineData(3, 4, true, ModelState.Rejected, "worse: ")]
    [InlineData(0, 9, true, ModelState.Rejected, "worse: ")]
    public async Task Decide_beside_the_champion_goes_by_wins_and_losses(int wins, int losses, bool hasSeenMore, ModelState state, string words)
    {
        var images = await _gate.AddTwoClassesAsync();
        var dandelions = Test(images, "dandelion").ToList();
        var grass = Test(images, "grass").ToList();
        var champion = await _gate.CrownAsync(images, [.. dandelions.Take((wins + 1) / 2), .. grass.Take(wins / 2)]);
        if (hasSeenMore)
        {
            images.AddRange(await _gate.AddAsync("grass", DataSplit.Train, 10));
        }

        var candidate = await _gate.RegisterAsync(images, [.. dandelions.TakeLast((losses + 1) / 2), .. grass.TakeLast(losses / 2)]);
        var decided = await _gate.Gate(new PromotionGateOptions { MaximumContradiction = 1 }).DecideAsync(candidate, "train", Token);

        Assert.Equal(state, decided.State);
        Assert.Contains(words, decided.Verdict!.Summary, StringComparison.Ordinal);
        var comparison = decided.Verdict.Comparison!;
        Assert.Equal((champion, 100, wins, losses), (decided.Verdict.ChampionVersion!.Value, comparison.Images, comparison.Wins, comparison.Losses));
        Assert.Equal((100 - losses, 100 - wins), (comparison.CandidateRight, comparison.ChampionRight));
        Assert.Equal(state == ModelState.Champion ? candidate : champion, (await _gate.Stores.Registry.GetChampionAsync(Token))!.Version);
    }

    [Fact]
    public async Task Decide_better_overall_and_one_class_destroyed_is_rejected_though_it_keeps_the_recall_floor()
    {
        var images = await _gate.AddTwoClassesAsync(100);
        var champion = await _gate.CrownAsync(images, Test(images, "grass").Take(30));
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Train, 10));

        // 30 wins of grass, 12 losses of dandelions: far better in sum, and dandelions keep 88 of 100.
        var candidate = await _gate.RegisterAsync(images, Test(images, "dandelion").Take(12));
        var decided = await _gate.Gate(new PromotionGateOptions { MaximumContradiction = 1 }).DecideAsync(candidate, "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Equal("each-class", Assert.Single(decided.Verdict!.Checks, check => !check.Passed).Name);
        Assert.Contains("'dandelion' is significantly worse: 88 of 100 right, 100 by version 1", decided.Verdict.Summary, StringComparison.Ordinal);
        Assert.Equal(champion, (await _gate.Stores.Registry.GetChampionAsync(Token))!.Version);
    }

    [Fact]
    public async Task Decide_images_the_champion_was_trained_on_are_left_out_and_counted()
    {
        var images = await _gate.AddTwoClassesAsync();
        var moved = images.Where(image => image.Row.Split == DataSplit.Train).Take(30).ToList();
        await _gate.CrownAsync(images, []);
        var split = images.Select(image => moved.Contains(image) ? image with { Row = image.Row with { Split = DataSplit.Test } } : image).ToList();

        var comparison = (await _gate.Gate().DecideAsync(await _gate.RegisterAsync(split, moved), "train", Token)).Verdict!.Comparison!;

        Assert.Equal((100, 30, 0), (comparison.Images, comparison.TrainedOn, comparison.Losses));
    }

    [Fact]
    public async Task Decide_too_few_images_left_to_compare_on_is_rejected()
    {
        var images = await _gate.AddTwoClassesAsync();
        await _gate.CrownAsync([.. images.Select(image => image.Row.Label == "grass" ? image with { Row = image.Row with { Split = DataSplit.Train } } : image)], []);
        images.AddRange(await _gate.AddAsync("dandelion", DataSplit.Train, 100));

        var decided = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, []), "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Contains("0 of 'grass', the rarest class", decided.Verdict!.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_added_class_counts_as_wrong_for_the_champion()
    {
        var images = await _gate.AddTwoClassesAsync();
        await _gate.CrownAsync(images, []);
        List<GateFixture.GateImage> extended = [.. images, .. await _gate.AddAsync("rocket", DataSplit.Train, 30), .. await _gate.AddAsync("rocket", DataSplit.Test, 12)];

        var decided = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(extended, []), "train", Token);

        Assert.Equal(ModelState.Champion, decided.State);
        var comparison = decided.Verdict!.Comparison!;
        Assert.Equal((12, 0, 0), (comparison.Wins, comparison.Losses, comparison.NewImages));
        Assert.Equal(["rocket"], comparison.AddedClasses);
        Assert.Equal((12, 0), (comparison.Classes[2].CandidateRight, comparison.Classes[2].ChampionRight));
    }

    [Fact]
    public async Task Decide_class_of_the_champion_that_is_gone_is_rejected_and_can_be_promoted_by_hand()
    {
        var images = await _gate.AddTwoClassesAsync();
        List<GateFixture.GateImage> three = [.. images, .. await _gate.AddAsync("rocket", DataSplit.Train, 20), .. await _gate.AddAsync("rocket", DataSplit.Test, 12)];
        await _gate.CrownAsync(three, Test(three, "grass").Take(20));
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Train, 60));
        var candidate = await _gate.RegisterAsync(images, []);

        var decided = await _gate.Gate(new PromotionGateOptions { MaximumContradiction = 1 }).DecideAsync(candidate, "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Contains("does not know 'rocket'", decided.Verdict!.Summary, StringComparison.Ordinal);
        Assert.Equal(ModelState.Champion, (await _gate.Stores.Registry.PromoteAsync(candidate, "rocket is no longer grown", Token)).State);
    }

    [Fact]
    public async Task Decide_batch_whose_labels_the_champion_contradicts_is_rejected()
    {
        var images = await _gate.AddTwoClassesAsync();
        var batch = await _gate.AddAsync("grass", DataSplit.Train, 10);

        // The champion's head takes the batch for dandelions, though it never saw it.
        await _gate.CrownAsync(images, []);
        var decided = await _gate.Gate().DecideAsync(await _gate.RegisterAsync([.. images, .. batch], []), "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Equal((10, 10), (decided.Verdict!.Comparison!.NewImages, decided.Verdict.Comparison.ContradictedImages));
        Assert.Contains("contradicts the labels of 10 of 10 new photos", decided.Verdict.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_images_that_are_gone_are_left_out_and_counted()
    {
        var images = await _gate.AddTwoClassesAsync();
        await _gate.CrownAsync(images, []);
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Test, 3, areGone: true));

        var comparison = (await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, []), "train", Token)).Verdict!.Comparison!;

        Assert.Equal((100, 3), (comparison.Images, comparison.Unavailable));
    }

    [Fact]
    public async Task Decide_again_changes_nothing()
    {
        var images = await _gate.AddTwoClassesAsync();
        var champion = await _gate.RegisterAsync(images, []);
        var rejected = await _gate.RegisterAsync(images, []);
        var first = await _gate.Gate().DecideAsync(champion, "train", Token);
        var second = await _gate.Gate().DecideAsync(rejected, "train", Token);
        var events = await _gate.Stores.Registry.ListEventsAsync(cancellationToken: Token);

        Assert.Equivalent(first, await _gate.Gate().DecideAsync(champion, "again", Token), strict: true);
        Assert.Equivalent(second, await _gate.Gate().DecideAsync(rejected, "again", Token), strict: true);
        Assert.Equal((ModelState.Champion, ModelState.Rejected), (first.State, second.State));
        Assert.Equal(events, await _gate.Stores.Registry.ListEventsAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task Decide_version_promoted_by_hand_before_is_left_and_unknown_one_refused()
    {
        var version = await _gate.CrownAsync(await _gate.AddTwoClassesAsync(), []);

        var decided = await _gate.Gate().DecideAsync(version, "train", Token);

        Assert.Equal((ModelState.Champion, null), (decided.State, decided.Verdict));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => _gate.Gate().DecideAsync(99, "train", Token));
    }

    [Fact]
    public async Task Decide_champion_changes_meanwhile_judges_again()
    {
        var images = await _gate.AddTwoClassesAsync();
        await _gate.CrownAsync(images, Test(images, "grass").Take(10));
        var best = await _gate.RegisterAsync(images, []);
        var candidate = await _gate.RegisterAsync(images, Test(images, "grass").Take(1));
        var registry = new BeforeDecision(_gate.Stores.Registry, () => _gate.Stores.Registry.PromoteAsync(best, "meanwhile", Token));

        var decided = await _gate.Gate(registry: registry).DecideAsync(candidate, "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Equal(best, decided.Verdict!.ChampionVersion);
        Assert.Equal(best, (await _gate.Stores.Registry.GetChampionAsync(Token))!.Version);
    }

    private static IEnumerable<GateFixture.GateImage> Test(IEnumerable<GateFixture.GateImage> images, string label) =>
        images.Where(image => image.Row.Label == label && image.Row.Split == DataSplit.Test);

    /// <summary>Lets something happen between the first judgement and its decision.</summary>
    private sealed class BeforeDecision(IModelRegistry inner, Func<Task> happening) : RegistryDecorator(inner)
    {
        private Func<Task>? _happening = happening;

        public override async Task<ModelVersion> DecideAsync(
            int version, GateVerdict verdict, string actor, CancellationToken cancellationToken = default)
        {
            await (Interlocked.Exchange(ref _happening, null)?.Invoke() ?? Task.CompletedTask);
            return await base.DecideAsync(version, verdict, actor, cancellationToken);
        }
    }
}
