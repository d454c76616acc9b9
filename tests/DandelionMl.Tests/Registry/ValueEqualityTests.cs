using DandelionMl.Registry;
using DandelionMl.Tests.Promotion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Registry;

/// <summary>What is read twice is equal, though it holds lists.</summary>
public sealed class ValueEqualityTests
{
    [Fact]
    public async Task GetChampionAsync_twice_gives_equal_versions()
    {
        await using var stores = new TestStores();
        var registration = GateFixture.Registration() with
        {
            Environment = new Dictionary<string, string> { [".NET"] = "10.0", ["os"] = "Linux" },
            Metrics = GateFixture.Registration().Metrics with { Classes = [new("grass", 3, 1, 1)], ConfusionMatrix = [[1, 2], [3, 4]] },
        };
        var registered = await stores.Registry.RegisterAsync(registration, Token);
        await stores.Registry.DecideAsync(
            registered.Version, new GateVerdict(null, [new GateCheck("accuracy", true, 0.9, 0.8, "fine")], null), "test", Token);

        var (first, second) = (await stores.Registry.GetChampionAsync(Token), await stores.Registry.GetChampionAsync(Token));

        Assert.NotNull(first);
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second!.GetHashCode());
        Assert.NotEqual(first, second with { Labels = ["dandelion", "moss"] });
        Assert.NotEqual(first, second with { Metrics = second.Metrics with { ConfusionMatrix = [[1, 2], [3, 5]] } });
        Assert.NotEqual(first, second with { Environment = new Dictionary<string, string> { ["os"] = "Linux" } });
    }

    [Fact]
    public void Lists_of_a_record_are_copies()
    {
        var images = new List<ManifestImage> { new(new string('a', 64), "grass", DataSplit.Train) };
        var manifest = new TrainingManifest(images);
        images.Clear();

        Assert.Single(manifest.Images);
        Assert.Equal("[1, 2]", ValueList<int>.Of([1, 2]).ToString());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
