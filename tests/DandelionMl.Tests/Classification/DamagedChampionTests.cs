using DandelionMl.Classification;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Classification;

public sealed class DamagedChampionTests : IAsyncDisposable
{
    private readonly TestStores _stores = new();

    [Fact]
    public async Task ReloadAsync_damaged_champion_gives_way_to_the_champion_before_it()
    {
        var (first, second) = await TrainTwoAsync();
        await DamageAsync(second);
        await using var classifier = Create();

        Assert.Equal(first.Version, (await classifier.ReloadAsync(Token))!.Version);
        Assert.Equal(first.Version, (await classifier.ClassifyAsync(new byte[] { 0, 255, 0 }, Token)).ModelVersion);
    }

    [Fact]
    public async Task ReloadAsync_lost_champion_gives_way_to_the_champion_before_it()
    {
        var (first, second) = await TrainTwoAsync();
        await _stores.Store.DeleteAsync(second.ArtifactKey, Token);
        await using var classifier = Create();

        Assert.Equal(first.Version, (await classifier.ReloadAsync(Token))!.Version);
    }

    [Fact]
    public async Task ReloadAsync_no_whole_champion_says_what_is_damaged()
    {
        var (first, second) = await TrainTwoAsync();
        await DamageAsync(first);
        await DamageAsync(second);
        await using var classifier = Create();

        Assert.Equal(second.ArtifactKey, (await Assert.ThrowsAsync<ObjectCorruptedException>(() => classifier.ReloadAsync(Token))).Key);
        await Assert.ThrowsAsync<ObjectCorruptedException>(() => classifier.ClassifyAsync(new byte[] { 0, 255, 0 }, Token));
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Classifier Create() => new(_stores.Registry, _stores.Backbone, new FakeImageDecoder());

    private async Task<(ModelVersion First, ModelVersion Second)> TrainTwoAsync()
    {
        await _stores.AddColoursAsync(5, ("green", 1), ("red", 0));
        var first = (await _stores.Trainer.TrainAsync(cancellationToken: Token)).Version;
        await _stores.Registry.PromoteAsync(first.Version, "good", "anna", cancellationToken: Token);
        var second = (await _stores.Trainer.TrainAsync(cancellationToken: Token)).Version;
        await _stores.Registry.PromoteAsync(second.Version, "better", "anna", cancellationToken: Token);
        return (first, second);
    }

    private async Task DamageAsync(ModelVersion model)
    {
        using var content = new MemoryStream([1, 2, 3]);
        await _stores.Store.PutAsync(model.ArtifactKey, content, Token);
    }
}
