using DandelionMl.Promotion;
using DandelionMl.Registry;

namespace DandelionMl.Tests.Promotion;

public sealed class VersionComparerTests : IAsyncDisposable
{
    private readonly GateFixture _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private VersionComparer Comparer => new(_gate.Stores.Registry, _gate.Stores.Embeddings);

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Fact]
    public async Task Compare_counts_what_each_is_right_on_and_lists_where_they_differ()
    {
        var images = await _gate.AddTwoClassesAsync(testPerClass: 10);
        var (dandelions, grass) = (Test(images, "dandelion"), Test(images, "grass"));
        var first = await _gate.RegisterAsync(images, [dandelions[0], dandelions[1], grass[0]]);
        var second = await _gate.RegisterAsync(images, [dandelions[1], grass[1]]);

        var comparison = await Comparer.CompareAsync(first, second, Token);

        Assert.Equal(["dandelion", "grass"], comparison.Labels);
        Assert.Equal((20, 0, 0, 16, 1), (comparison.Images, comparison.TrainedOn, comparison.Unavailable, comparison.BothRight, comparison.BothWrong));
        Assert.Equal((first, 17, 1), (comparison.First.Version, comparison.First.Right, comparison.First.AloneRight));
        Assert.Equal((second, 18, 2), (comparison.Second.Version, comparison.Second.Right, comparison.Second.AloneRight));
        Assert.Equal([[8, 2], [1, 9]], comparison.First.ConfusionMatrix);
        Assert.Equal([[9, 1], [1, 9]], comparison.Second.ConfusionMatrix);

        // 2 of 3 or more, and 1 of 3 or more, by a fair coin.
        Assert.Equal(0.875, comparison.First.BetterP, tolerance: 1e-12);
        Assert.Equal(0.5, comparison.Second.BetterP, tolerance: 1e-12);
        Assert.Equal(
            new[] { dandelions[0], grass[0], grass[1] }.Select(image => image.Row.Sha256).Order(StringComparer.Ordinal),
            comparison.Differences.Select(difference => difference.Sha256).Order(StringComparer.Ordinal));
        var lost = comparison.Differences.Single(difference => difference.Sha256 == dandelions[0].Row.Sha256);
        Assert.Equal(("dandelion", "grass", "dandelion"), (lost.Label, lost.First.Label, lost.Second.Label));
        Assert.InRange(lost.Second.Probability, 0.9, 1);
    }

    [Fact]
    public async Task Compare_the_other_way_round_is_the_mirror_image()
    {
        var images = await _gate.AddTwoClassesAsync(testPerClass: 10);
        var first = await _gate.RegisterAsync(images, Test(images, "grass").Take(3));
        var second = await _gate.RegisterAsync(images, Test(images, "dandelion").Take(1));

        var (there, back) = (await Comparer.CompareAsync(first, second, Token), await Comparer.CompareAsync(second, first, Token));

        Assert.Equivalent(there.First, back.Second, strict: true);
        Assert.Equivalent(there.Second, back.First, strict: true);
        Assert.Equal(there.Differences.Select(item => (item.Sha256, item.First)), back.Differences.Select(item => (item.Sha256, item.Second)));
    }

    [Fact]
    public async Task Compare_leaves_out_what_either_was_trained_on_and_what_is_not_kept()
    {
        var images = await _gate.AddTwoClassesAsync(testPerClass: 10);
        var gone = await _gate.AddAsync("grass", DataSplit.Test, 3, areGone: true);
        var moved = images.Where(image => image.Row.Split == DataSplit.Train).Take(5).ToList();
        var first = await _gate.RegisterAsync([.. images, .. gone], []);
        var second = await _gate.RegisterAsync(
            [.. images.Select(image => moved.Contains(image) ? image with { Row = image.Row with { Split = DataSplit.Test } } : image)], moved);

        var comparison = await Comparer.CompareAsync(first, second, Token);

        // The photos that moved were trained on by the first; those of the first alone were not.
        Assert.Equal((20, 5, 3), (comparison.Images, comparison.TrainedOn, comparison.Unavailable));
        Assert.Empty(comparison.Differences);
    }

    [Fact]
    public async Task Compare_class_that_one_does_not_know_is_wrong_for_it()
    {
        var images = await _gate.AddTwoClassesAsync(testPerClass: 10);
        var first = await _gate.RegisterAsync(images, []);
        images.AddRange(await _gate.AddAsync("moss", DataSplit.Train, 10));
        images.AddRange(await _gate.AddAsync("moss", DataSplit.Test, 4));
        var second = await _gate.RegisterAsync(images, []);

        var comparison = await Comparer.CompareAsync(first, second, Token);

        Assert.Equal(["dandelion", "grass", "moss"], comparison.Labels);
        Assert.Equal((20, 24), (comparison.First.Right, comparison.Second.Right));
        Assert.Equal(4, comparison.First.ConfusionMatrix[2].Sum());
        Assert.Equal(0, comparison.First.ConfusionMatrix[2][2]);
        Assert.Equal(4, comparison.Second.ConfusionMatrix[2][2]);
    }

    [Fact]
    public async Task Compare_image_that_was_given_another_label_counts_by_the_later_one()
    {
        var images = await _gate.AddTwoClassesAsync(testPerClass: 10);
        var relabelled = Test(images, "grass")[0];
        var first = await _gate.RegisterAsync(images, []);
        images[images.IndexOf(relabelled)] = relabelled with { Row = relabelled.Row with { Label = "dandelion" } };
        var second = await _gate.RegisterAsync(images, []);

        var comparison = await Comparer.CompareAsync(second, first, Token);

        var difference = Assert.Single(comparison.Differences);
        Assert.Equal(("dandelion", "dandelion", "grass"), (difference.Label, difference.First.Label, difference.Second.Label));
        Assert.Equal((20, 19), (comparison.First.Right, comparison.Second.Right));
        Assert.Equal(1, comparison.RelabelledImages);
    }

    [Fact]
    public async Task Compare_version_that_is_not_there_says_so()
    {
        var version = await _gate.RegisterAsync(await _gate.AddTwoClassesAsync(), []);

        Assert.Equal(7, (await Assert.ThrowsAsync<ModelNotFoundException>(() => Comparer.CompareAsync(version, 7, Token))).Version);
    }

    private static List<GateFixture.GateImage> Test(IEnumerable<GateFixture.GateImage> images, string label) =>
        [.. images.Where(image => image.Row.Split == DataSplit.Test && image.Row.Label == label)];
}
