using DandelionMl.Promotion;
using DandelionMl.Registry;

namespace DandelionMl.Tests.Promotion;

/// <summary>The gate counts photos, not files: near-duplicates of one class are one.</summary>
public sealed class DistinctPhotosGateTests : IAsyncDisposable
{
    private readonly GateFixture _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Fact]
    public async Task Decide_many_files_of_ten_scenes_fail_the_floor_of_test_images()
    {
        var images = new List<GateFixture.GateImage>();
        for (var scene = 0; scene < 10; scene++)
        {
            images.AddRange(await _gate.AddAsync(scene % 2 == 0 ? "dandelion" : "grass", scene < 6 ? DataSplit.Train : DataSplit.Test, 50, scene: scene));
        }

        var decided = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, []), "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        var check = Assert.Single(decided.Verdict!.Checks, check => !check.Passed);
        Assert.Equal(("test-images", 2.0), (check.Name, check.Value));
        Assert.Contains("has 2 distinct test photos in 100 images; each class needs 5", check.Explanation, StringComparison.Ordinal);
        Assert.Contains(decided.Verdict.Notes, note => note.StartsWith("The 200 test images are 4 distinct photos", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Decide_near_duplicates_are_one_win_and_prove_nothing()
    {
        var images = await _gate.AddTwoClassesAsync();
        var frames = await _gate.AddAsync("grass", DataSplit.Test, 9, scene: 1);
        images.AddRange(frames);
        await _gate.CrownAsync(images, frames);

        var decided = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, []), "train", Token);

        var comparison = decided.Verdict!.Comparison!;
        Assert.Equal((101, 8, 1, 0, 100), (comparison.Images, comparison.NearDuplicates, comparison.Wins, comparison.Losses, comparison.ChampionRight));
        Assert.Equal(51, comparison.Classes.Single(item => item.Label == "grass").Images);
        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Contains("a tie, and it was not trained on more data", decided.Verdict.Summary, StringComparison.Ordinal);
        Assert.Contains("8 not counted because they are near-duplicates", decided.Verdict.Checks.Single(check => check.Name == "comparable-images").Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(4, 1)]
    public async Task Decide_photo_is_right_if_most_of_its_images_are(int wrongImages, int wins)
    {
        var images = await _gate.AddTwoClassesAsync();
        var frames = await _gate.AddAsync("grass", DataSplit.Test, 9, scene: 1);
        images.AddRange(frames);
        await _gate.CrownAsync(images, frames.Take(5));

        var decided = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, frames.Take(wrongImages)), "train", Token);

        Assert.Equal((wins, 0), (decided.Verdict!.Comparison!.Wins, decided.Verdict.Comparison.Losses));
    }

    [Fact]
    public async Task Decide_copies_of_training_photos_are_no_more_data()
    {
        var images = await _gate.AddTwoClassesAsync();
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Train, 1, scene: 1));
        await _gate.CrownAsync(images, []);
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Train, 20, scene: 1));

        var decided = await _gate.Gate(new PromotionGateOptions { MaximumContradiction = 1 }).DecideAsync(await _gate.RegisterAsync(images, []), "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Contains("not trained on more data (101 training images, the champion 101)", decided.Verdict!.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_new_near_duplicates_are_one_contradiction()
    {
        var images = await _gate.AddTwoClassesAsync();
        await _gate.CrownAsync(images, []);
        images.AddRange(await _gate.AddAsync("grass", DataSplit.Train, 20, scene: 1));

        var decided = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, []), "train", Token);

        Assert.Equal((1, 1), (decided.Verdict!.Comparison!.NewImages, decided.Verdict.Comparison.ContradictedImages));
        Assert.True(decided.Verdict.Checks.Single(check => check.Name == "new-labels").Passed);
    }

    [Fact]
    public async Task Decide_right_on_all_test_photos_is_remarked_on_and_one_mistake_is_not()
    {
        var images = await _gate.AddTwoClassesAsync();

        var perfect = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, []), "train", Token);
        var good = await _gate.Gate().DecideAsync(await _gate.RegisterAsync(images, images.TakeLast(1)), "train", Token);

        Assert.Contains("right on all 100 test images: they may be too few", Assert.Single(perfect.Verdict!.Notes), StringComparison.Ordinal);
        Assert.Equal(ModelState.Champion, perfect.State);
        Assert.Empty(good.Verdict!.Notes);
        Assert.Equivalent(perfect, (await _gate.Stores.Registry.FindAsync(perfect.Version, Token))! with { State = perfect.State, StateChangedAt = perfect.StateChangedAt }, strict: true);
    }
}
