using DandelionMl.Classification;
using DandelionMl.Promotion;
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
    public async Task ReloadAsync_artifact_of_other_classes_gives_way_to_the_champion_before_it_and_says_so()
    {
        var (first, second) = await TrainTwoAsync();
        var artifact = await _stores.Registry.LoadArtifactAsync(second.Version, Token);
        await ReplaceAsync(second, artifact with { Labels = ["green", "red", "blue"], Weights = new float[9], Bias = new float[3] });
        await using var classifier = Create();

        Assert.Equal(first.Version, (await classifier.ReloadAsync(Token))!.Version);
        Assert.Contains("its classes are 'green', 'red', 'blue', those of version 2 are 'green', 'red'", classifier.ChampionFailure, StringComparison.Ordinal);
        Assert.Equal(first.Version, (await classifier.ClassifyAsync(new byte[] { 0, 255, 0 }, Token)).ModelVersion);
    }

    [Fact]
    public async Task ReloadAsync_no_artifact_that_is_its_versions_says_what_the_champions_is()
    {
        var (first, second) = await TrainTwoAsync();
        var artifact = await _stores.Registry.LoadArtifactAsync(second.Version, Token);
        await ReplaceAsync(first, artifact with { Labels = ["green", "blue"] });
        await ReplaceAsync(second, artifact with { Labels = ["green", "blue"] });
        await using var classifier = Create();

        var error = await Assert.ThrowsAsync<InvalidModelArtifactException>(() => classifier.ReloadAsync(Token));
        Assert.EndsWith("its classes are 'green', 'blue', those of version 2 are 'green', 'red'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReloadAsync_artifact_of_other_dimensions_gives_way_to_the_champion_before_it_and_says_so()
    {
        var (first, second) = await TrainTwoAsync();
        var artifact = await _stores.Registry.LoadArtifactAsync(second.Version, Token);
        await ReplaceAsync(second, artifact with { Weights = new float[10] });
        await using var classifier = Create();

        Assert.Equal(first.Version, (await classifier.ReloadAsync(Token))!.Version);
        Assert.Contains("it takes embeddings of 10 values", classifier.ChampionFailure, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidModelArtifactException>(() => classifier.ReloadAsync(Token));
        Assert.NotNull(classifier.ChampionFailure);
        Assert.Equal(first.Version, classifier.Serving!.Version);
    }

    [Fact]
    public async Task ReloadAsync_version_that_stood_in_and_is_made_the_champion_is_served_as_such()
    {
        var (first, second) = await TrainTwoAsync();
        await DamageAsync(second);
        await using var classifier = Create();
        await classifier.ReloadAsync(Token);
        Assert.NotNull(classifier.ChampionFailure);

        await _stores.Registry.RollbackAsync("damaged", "anna", cancellationToken: Token);

        Assert.Equal(first.Version, (await classifier.ReloadAsync(Token))!.Version);
        Assert.Null(classifier.ChampionFailure);
    }

    [Fact]
    public async Task LoadArtifactAsync_artifact_of_another_version_is_refused()
    {
        var (_, second) = await TrainTwoAsync();
        var artifact = await _stores.Registry.LoadArtifactAsync(second.Version, Token);
        await ReplaceAsync(second, artifact with { BackboneSha256 = new string('7', 64) });

        await Assert.ThrowsAsync<InvalidModelArtifactException>(() => _stores.Registry.LoadArtifactAsync(second.Version, Token));
    }

    [Fact]
    public async Task CompareAsync_head_that_takes_other_embeddings_is_a_known_error()
    {
        var (first, second) = await TrainTwoAsync();
        var artifact = await _stores.Registry.LoadArtifactAsync(second.Version, Token);
        await ReplaceAsync(second, artifact with { Weights = new float[10] });
        var comparer = new VersionComparer(_stores.Registry, _stores.Embeddings);

        await Assert.ThrowsAsync<InvalidModelArtifactException>(() => comparer.CompareAsync(first.Version, second.Version, Token));
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

    /// <summary>Puts another artifact in the place of a version's, and its hash into the version's row, as somebody can who writes to
    /// both.</summary>
    private async Task ReplaceAsync(ModelVersion model, ModelArtifact artifact)
    {
        using var content = new MemoryStream();
        artifact.WriteTo(content);
        content.Position = 0;
        await _stores.Store.PutAsync(model.ArtifactKey, content, Token);
        await _stores.Database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE model_versions SET artifact_sha256 = @sha256 WHERE version = @version",
                [("sha256", ContentHash.Of(content.ToArray())), ("version", model.Version)]),
            Token);
    }

    private async Task DamageAsync(ModelVersion model)
    {
        using var content = new MemoryStream([1, 2, 3]);
        await _stores.Store.PutAsync(model.ArtifactKey, content, Token);
    }
}
