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

    [Fact]
    public async Task ReloadAsync_champion_with_an_artifact_of_other_classes_gives_way_and_is_named()
    {
        var (first, second) = await TrainTwoAsync();
        await ReplaceAsync(second, artifact => artifact with { Labels = ["green", "blue"] });
        await using var classifier = Create();
        Assert.Equal(first.Version, (await classifier.ReloadAsync(Token))!.Version);

        await ReplaceAsync(first, artifact => artifact with { Labels = ["green", "blue"] });
        await using var another = Create();
        var error = await Assert.ThrowsAsync<InvalidModelArtifactException>(() => another.ReloadAsync(Token));
        Assert.EndsWith("version 2 has the classes green, red in the registry, but green, blue in the artifact.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReloadAsync_champion_whose_weights_do_not_fit_the_embeddings_gives_way()
    {
        var (first, second) = await TrainTwoAsync();
        await ReplaceAsync(second, artifact => artifact with { Weights = [.. artifact.Weights, 1, 2] });
        await using var classifier = Create();

        Assert.Equal(first.Version, (await classifier.ReloadAsync(Token))!.Version);
        Assert.Equal(first.Version, (await classifier.ClassifyAsync(new byte[] { 0, 255, 0 }, Token)).ModelVersion);
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

    /// <summary>Puts another artifact in the place of a model's, with its hash in the row: whoever can write to both may.</summary>
    private async Task ReplaceAsync(ModelVersion model, Func<ModelArtifact, ModelArtifact> change)
    {
        using var content = new MemoryStream();
        ModelArtifactFile.Write(change(await _stores.Registry.LoadArtifactAsync(model.Version, Token)), content);
        content.Position = 0;
        await _stores.Store.PutAsync(model.ArtifactKey, content, Token);
        await _stores.Database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE model_versions SET artifact_sha256 = @sha256 WHERE version = @version",
                [("sha256", ContentHash.Of(content.ToArray())), ("version", (long)model.Version)]),
            Token);
    }

    private async Task DamageAsync(ModelVersion model)
    {
        using var content = new MemoryStream([1, 2, 3]);
        await _stores.Store.PutAsync(model.ArtifactKey, content, Token);
    }
}
