using DandelionMl.Backbones;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Promotion;

/// <summary>A champion and a candidate on different backbones.</summary>
public sealed class GateAcrossBackbonesTests : IAsyncDisposable
{
    private readonly FakeBackbone _old = new("old");
    private readonly FakeBackbone _new = new("new");
    private readonly BackboneProvider _backbones;
    private readonly TestStores _stores;

    public GateAcrossBackbonesTests()
    {
        _backbones = new BackboneProvider([Source(_old), Source(_new)]);
        _stores = new TestStores(_backbones, "old");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        _backbones.Dispose();
    }

    [Fact]
    public async Task Decide_champion_on_another_backbone_is_asked_in_its_own_space_and_only_new_photos_are_embedded_for_it()
    {
        await _stores.AddColoursAsync(40, ("green", 1), ("red", 0));
        var first = await TrainAndDecideAsync();
        await _stores.Selection.UseAsync("new", cancellationToken: Token);
        await _stores.AddAsync("green", [3, 255, 3]);
        await _stores.AddAsync("red", [254, 1, 77]);
        var before = _old.Images;

        var second = await TrainAndDecideAsync();

        Assert.Equal(("old", "new"), (first.Space.BackboneId, second.Space.BackboneId));
        Assert.Equal(ModelState.Champion, second.State);
        Assert.Equal((2, 0), (second.Verdict!.Comparison!.NewImages, second.Verdict.Comparison.Unavailable));
        Assert.Equal(before + 2, _old.Images);
    }

    [Fact]
    public async Task Decide_champions_backbone_has_other_weights_now_is_an_error_and_decides_nothing()
    {
        await _stores.AddColoursAsync(40, ("green", 1), ("red", 0));
        var (_, manifest, artifact, metrics) = await LoadAsync((await TrainAndDecideAsync()).Version);
        var champion = await _stores.Registry.RegisterAsync(
            new ModelRegistration(artifact with { BackboneSha256 = new string('f', 64) }, manifest, "{}", metrics), Token);
        await _stores.Registry.PromoteAsync(champion.Version, "trained elsewhere", Token);
        await _stores.Selection.UseAsync("new", cancellationToken: Token);
        await _stores.AddAsync("green", [3, 255, 3]);

        await Assert.ThrowsAsync<BackboneUnavailableException>(TrainAndDecideAsync);

        Assert.Equal(ModelState.Candidate, (await _stores.Registry.ListAsync(Token))[0].State);
        Assert.Equal(champion.Version, (await _stores.Registry.GetChampionAsync(Token))!.Version);
    }

    private static ShippedBackboneSource Source(FakeBackbone backbone) => new(backbone.Available[0], () => backbone);

    private async Task<ModelVersion> TrainAndDecideAsync()
    {
        var trained = await _stores.Trainer.TrainAsync(cancellationToken: Token);
        return await GateFixture.CreateGate(_stores).DecideAsync(trained.Version.Version, "train", Token);
    }

    private async Task<(ModelVersion Model, TrainingManifest Manifest, ModelArtifact Artifact, ModelMetrics Metrics)> LoadAsync(int version)
    {
        var model = (await _stores.Registry.FindAsync(version, Token))!;
        return (model, await _stores.Registry.LoadManifestAsync(version, Token), await _stores.Registry.LoadArtifactAsync(version, Token), model.Metrics);
    }
}
