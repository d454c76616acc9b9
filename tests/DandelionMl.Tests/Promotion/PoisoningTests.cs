using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Promotion;

/// <summary>Wrong labels against the whole pipeline: catalog, embeddings, trainer, registry and gate, as an application has them. Only
/// decoder and backbone are stubs: a picture is a pixel, its embedding the pixel.</summary>
public sealed class PoisoningTests : IAsyncDisposable
{
    private readonly TestStores _stores = new();
    private readonly Random _random = new(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Batch_of_right_labels_is_promoted()
    {
        var champion = await CrownAsync();
        await AddAsync("grass", 10, Green);

        var decided = await RetrainAsync();

        Assert.Equal((ModelState.Champion, champion), (decided.State, decided.Verdict!.ChampionVersion!.Value));
        Assert.Contains("it was trained on more data", decided.Verdict.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_of_10_wrong_labels_is_refused_and_the_champion_stays()
    {
        var champion = await CrownAsync();
        await AddAsync("dandelion", 10, Green);

        await AssertRefusedAsync(champion, "contradicts the labels of 10 of 10 new photos");
    }

    [Fact]
    public async Task Batch_of_10_wrong_labels_of_a_kind_that_was_never_seen_is_refused_though_it_wins_its_own_test_images()
    {
        // Turquoise leaves: the retrained head learns that they are dandelions, and is right on those of them that are test images,
        // where the champion, which takes them for grass, counts as wrong.
        var champion = await CrownAsync();
        await AddAsync("dandelion", 10, Turquoise);
        await AssertRefusedAsync(champion, "contradicts the labels of 10 of 10 new photos");
    }

    [Fact]
    public async Task Batch_of_10_wrong_labels_among_as_many_right_ones_is_refused()
    {
        var champion = await CrownAsync();
        await AddAsync("dandelion", 10, Green);
        await AddAsync("dandelion", 5, Yellow);
        await AddAsync("grass", 5, Green);

        await AssertRefusedAsync(champion, "contradicts the labels of 10 of 20 new photos");
    }

    [Fact]
    public async Task Wrong_labels_among_the_test_images_alone_speak_for_neither_model()
    {
        await CrownAsync();
        await AddAsync("grass", 30, Green);
        await AddTestImagesAsync("dandelion", 3, Green);

        var decided = await RetrainAsync();

        // Both are wrong on them (but for those that went to the side of a near-duplicate): no win, no loss, and no refusal.
        Assert.Equal(ModelState.Champion, decided.State);
        var comparison = decided.Verdict!.Comparison!;
        Assert.Equal((0, 0), (comparison.Wins, comparison.Losses));
        Assert.InRange(comparison.Images - comparison.ChampionRight, 1, 3);
    }

    [Fact]
    public async Task Wrong_labels_among_the_test_images_do_not_let_a_model_through_that_errs_their_way()
    {
        // The candidate takes leaves for dandelions, so it wins the three mislabelled ones, and loses far more.
        var champion = await CrownAsync();
        await AddTestImagesAsync("dandelion", 3, Green);
        await AddAsync("grass", 30, Green);
        var manifest = (await _stores.Trainer.TrainAsync(cancellationToken: Token)).Manifest;
        var artifact = await _stores.Registry.LoadArtifactAsync(champion, Token);
        var sound = (await _stores.Registry.FindAsync(champion, Token))!;
        var bent = artifact with { Bias = [artifact.Bias[0] - 50] };
        var candidate = await _stores.Registry.RegisterAsync(new ModelRegistration(bent, manifest, "{}", sound.Metrics), Token);

        var decided = await GateFixture.CreateGate(_stores).DecideAsync(candidate.Version, "train", Token);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.True(decided.Verdict!.Comparison!.Wins >= 3);
        Assert.Equal(champion, (await _stores.Registry.GetChampionAsync(Token))!.Version);
    }

    [Fact]
    public async Task Class_destroyed_by_relabelling_is_refused_and_the_champion_stays()
    {
        var champion = await CrownAsync();

        // A third class takes nearly all the green there is: grass is left with what it was tested on.
        await AddAsync("moss", 150, Green);

        var decided = await RetrainAsync();
        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Contains("'grass'", decided.Verdict!.Summary, StringComparison.Ordinal);
        Assert.Equal(champion, (await _stores.Registry.GetChampionAsync(Token))!.Version);
    }

    private async Task<int> CrownAsync()
    {
        await AddAsync("dandelion", 60, Yellow);
        await AddAsync("grass", 60, Green);
        var first = await RetrainAsync();
        Assert.Equal(ModelState.Champion, first.State);
        return first.Version;
    }

    private async Task AssertRefusedAsync(int champion, string reason)
    {
        var decided = await RetrainAsync();

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Contains(reason, decided.Verdict!.Summary, StringComparison.Ordinal);
        Assert.Equal(champion, (await _stores.Registry.GetChampionAsync(Token))!.Version);
    }

    private async Task<ModelVersion> RetrainAsync()
    {
        var trained = await _stores.Trainer.TrainAsync(cancellationToken: Token);
        return await GateFixture.CreateGate(_stores).DecideAsync(trained.Version.Version, "retrain", Token);
    }

    private async Task AddAsync(string label, int count, Func<byte[]> draw)
    {
        for (var i = 0; i < count; i++)
        {
            await _stores.AddAsync(label, draw());
        }
    }

    private async Task AddTestImagesAsync(string label, int count, Func<byte[]> draw)
    {
        for (var added = 0; added < count;)
        {
            var pixel = draw();
            if (HoldoutSplit.Side(ContentHash.Of(pixel), new TrainingOptions().TestFraction) == DataSplit.Test)
            {
                await _stores.AddAsync(label, pixel);
                added++;
            }
        }
    }

    private byte[] Yellow() => Pixel(200, 200, 20);

    private byte[] Green() => Pixel(40, 180, 40);

    private byte[] Turquoise() => Pixel(20, 200, 220);

    private byte[] Pixel(int red, int green, int blue) => [.. new[] { red, green, blue }.Select(value => (byte)Math.Clamp(value + _random.Next(-35, 36), 0, 255))];
}
