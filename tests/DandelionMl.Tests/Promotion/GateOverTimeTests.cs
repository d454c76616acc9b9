using DandelionMl.Promotion;
using DandelionMl.Registry;

namespace DandelionMl.Tests.Promotion;

/// <summary>What the gate remembers of its verdicts: which test images it has used, and the best champion so far.</summary>
public sealed class GateOverTimeTests : IAsyncDisposable
{
    private static readonly PromotionGateOptions Options = new() { MaximumContradiction = 1 };

    private readonly GateFixture _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Fact]
    public async Task Decide_counts_how_often_its_test_images_were_used()
    {
        var images = await _gate.AddTwoClassesAsync();
        await DecideAsync(images, []);
        var second = await DecideAsync(images, Grass(images).Take(1));
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Test, 100));
        var third = await DecideAsync(images, Grass(images).Take(1));
        var fourth = await DecideAsync(images, Grass(images).Take(1));

        Assert.Equal((100, 0, 1.0), Used(second));
        Assert.Equal((200, 100, 1.0), Used(third));
        Assert.Equal((200, 0, 2.0), Used(fourth));
        Assert.Contains("0 of the 200 images were new to the gate; on average they were used for 2 verdicts before, 50 are allowed: fresh ones are due after 48 more verdicts without any", Check(fourth, "test-image-uses").Explanation, StringComparison.Ordinal);

        static (int, int, double) Used(ModelVersion model) =>
            (model.Verdict!.Comparison!.Images, model.Verdict.Comparison.FreshImages, model.Verdict.Comparison.Uses);
    }

    [Fact]
    public async Task Decide_better_on_fresh_images_passes_though_more_of_those_before_are_lost()
    {
        // The champion knows nothing of grass as it comes now.
        var images = await _gate.AddTwoClassesAsync();
        await DecideAsync(images, []);
        var before = Grass(images).Take(12).ToList();
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Test, 8));

        var decided = await DecideAsync(images, before);

        var check = Check(decided, "champion");
        Assert.Equal((true, "FreshBetter", 0.025), (check.Passed, check.Case, check.Limit));
        Assert.StartsWith("better on the 8 images that no version was judged on before, it alone is right on 8 and version 1 alone on 0: ", check.Explanation, StringComparison.Ordinal);
        Assert.Equal((8, 12, ModelState.Champion), (decided.Verdict!.Comparison!.Wins, decided.Verdict.Comparison.Losses, decided.State));
    }

    [Fact]
    public async Task Decide_worse_on_fresh_images_is_rejected_though_more_of_those_before_are_won()
    {
        var images = await _gate.AddTwoClassesAsync();
        await DecideAsync(images, Grass(images).Take(12));
        var fresh = await _gate.AddAsync("dandelion", DataSplit.Test, 20);
        images.AddRange(fresh);

        var decided = await DecideAsync(images, fresh.Take(8));

        Assert.Equal((false, "FreshWorse"), (Check(decided, "champion").Passed, Check(decided, "champion").Case));
        Assert.Equal((12, 8, ModelState.Rejected), (decided.Verdict!.Comparison!.Wins, decided.Verdict.Comparison.Losses, decided.State));
    }

    [Fact]
    public async Task Decide_few_fresh_images_leave_the_level_as_it_is()
    {
        var images = await _gate.AddTwoClassesAsync();
        await DecideAsync(images, Grass(images).Take(5));
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Test, 5));

        var decided = await DecideAsync(images, []);

        Assert.Equal(("Better", 0.05, 5), (Check(decided, "champion").Case, Check(decided, "champion").Limit, decided.Verdict!.Comparison!.FreshImages));
        Assert.Equal(ModelState.Champion, decided.State);
    }

    [Fact]
    public async Task Decide_worn_out_test_images_prove_nothing_better_but_more_data_passes()
    {
        var images = await _gate.AddTwoClassesAsync();
        var options = new PromotionGateOptions { MaximumContradiction = 1, MaximumTestImageUses = 2 };
        var wrong = Grass(images).Take(10).ToList();
        await DecideAsync(images, wrong, options);
        await DecideAsync(images, wrong, options);
        await DecideAsync(images, wrong, options);

        var better = await DecideAsync(images, [], options);
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Train, 10));
        var moreData = await DecideAsync(images, [], options);

        Assert.Equal(ModelState.Rejected, better.State);
        Assert.Equal("test-image-uses", Assert.Single(better.Verdict!.Checks, check => !check.Passed).Name);
        Assert.Contains("fresh ones are due, as these prove no candidate better any more", better.Verdict.Summary, StringComparison.Ordinal);
        Assert.Equal(ModelState.Champion, moreData.State);
    }

    [Fact]
    public async Task Decide_worse_than_the_best_champion_so_far_is_rejected_though_it_is_no_worse_than_the_champion()
    {
        var images = await ReplaceTheBestAsync();

        var decided = await DecideAsync(images, Dandelions(images).Skip(10).Take(1));

        var check = Check(decided, "best-champion");
        Assert.Equal((false, 1.0, 0.0), (check.Passed, check.Value, check.Limit));
        Assert.Contains("version 1, the best champion so far", check.Explanation, StringComparison.Ordinal);
        Assert.Equal("TieMoreData", Check(decided, "champion").Case);
        Assert.Equal((ModelState.Rejected, 1), (decided.State, decided.Verdict!.Comparison!.BestVersion));
    }

    [Fact]
    public async Task Decide_after_a_person_went_back_compares_with_no_champion_before()
    {
        var images = await _gate.AddTwoClassesAsync();
        var grass = Grass(images).ToList();
        await DecideAsync(images, grass.Take(6));
        await DecideAsync(await AddDataAsync(images), []);
        await _gate.Stores.Registry.RollbackAsync("it is wrong on photos of the new camera", "anna", cancellationToken: Token);

        var decided = await DecideAsync(await AddDataAsync(images), grass.Take(6));

        Assert.DoesNotContain(decided.Verdict!.Checks, check => check.Name == "best-champion");
        Assert.Equal((ModelState.Champion, 1), (decided.State, decided.Verdict.Comparison!.BestVersion));
    }

    [Fact]
    public async Task Decide_a_best_champion_whose_artifact_is_lost_is_left_out()
    {
        var images = await ReplaceTheBestAsync();
        await _gate.Stores.Store.DeleteAsync((await _gate.Stores.Registry.FindAsync(1, Token))!.ArtifactKey, Token);

        var decided = await DecideAsync(images, Dandelions(images).Skip(10).Take(1));

        Assert.Equal(ModelState.Champion, decided.State);
    }

    [Theory]
    [InlineData(200, 10, 0)]
    [InlineData(300, 30, 2)]
    public void A_year_of_gates_hardly_ever_ends_below_the_best_champion(int photos, int weekly, double drift)
    {
        const int Chains = 20;
        var chain = new GateChain(photos, weekly, Drift: drift);

        var outcomes = Enumerable.Range(0, Chains).AsParallel().Select(seed => chain.Run(seed)).ToList();

        Assert.True(outcomes.Count(outcome => outcome.IsWorse) <= 0.05 * Chains, $"{outcomes.Count(outcome => outcome.IsWorse)} of {Chains} are worse");
        Assert.True(outcomes.Average(outcome => outcome.Last - outcome.First) > 0.02, "nothing was learned");
    }

    [Fact]
    public void A_year_of_ever_worse_candidates_loses_less_with_the_best_champion_as_a_floor()
    {
        const int Chains = 20;
        var chain = new GateChain(300, 30, Decay: 0.05);

        var (kept, before) = (Loss(hasMemory: true), Loss(hasMemory: false));

        Assert.True(kept < before, $"{kept} beside {before}");

        double Loss(bool hasMemory) =>
            Enumerable.Range(0, Chains).AsParallel().Select(seed => chain.Run(seed, hasMemory)).Average(outcome => outcome.Best - outcome.Last);
    }

    private static IEnumerable<GateFixture.GateImage> Grass(IEnumerable<GateFixture.GateImage> images) => Test(images, "grass");

    private static IEnumerable<GateFixture.GateImage> Dandelions(IEnumerable<GateFixture.GateImage> images) => Test(images, "dandelion");

    private static IEnumerable<GateFixture.GateImage> Test(IEnumerable<GateFixture.GateImage> images, string label) =>
        images.Where(image => image.Row.Label == label && image.Row.Split == DataSplit.Test);

    private static GateCheck Check(ModelVersion model, string name) => Assert.Single(model.Verdict!.Checks, check => check.Name == name);

    /// <summary>Lets a champion take the place of a better one: the photo that speaks against the first has a wrong label.</summary>
    /// <returns>What a third is made of: more photos, and that one no longer among them.</returns>
    private async Task<List<GateFixture.GateImage>> ReplaceTheBestAsync()
    {
        var images = await _gate.AddTwoClassesAsync();
        var mislabelled = Grass(images).Take(1).ToList();
        await DecideAsync(images, mislabelled);
        images = await AddDataAsync(images);
        await DecideAsync(images, Dandelions(images).Take(1));
        return await AddDataAsync([.. images.Except(mislabelled)]);
    }

    private async Task<List<GateFixture.GateImage>> AddDataAsync(List<GateFixture.GateImage> images) =>
        [.. images, .. await _gate.AddAsync("grass", DataSplit.Train, 5)];

    private async Task<ModelVersion> DecideAsync(
        IReadOnlyList<GateFixture.GateImage> images, IEnumerable<GateFixture.GateImage> wrong, PromotionGateOptions? options = null) =>
        await _gate.Gate(options ?? Options).DecideAsync(await _gate.RegisterAsync(images, wrong), "train", Token);
}
