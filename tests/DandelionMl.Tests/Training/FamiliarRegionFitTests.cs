using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class FamiliarRegionFitTests
{
    private const int Dimensions = 64;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void Find_bound_keeps_to_the_rate_on_photos_that_it_has_not_seen(double rate)
    {
        var photos = Photos(1_400, seed: 1);

        var region = Find(photos[..400], rate);

        var unknown = photos[400..].Count(photo => region!.Knows(photo) == false);
        Assert.InRange(unknown / 1_000.0, rate / 2, rate * 1.5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Find_tells_photos_that_leave_the_directions_of_the_training_photos(bool isPositive)
    {
        var region = Find(Photos(200, seed: 1, isPositive), 0.05);

        Assert.Equal(isPositive, region!.IsScaled);
        Assert.InRange(Photos(100, seed: 2, isPositive).Count(photo => region.Knows(photo) == true), 85, 100);
        Assert.All(Photos(100, seed: 3, isPositive, away: 3), photo => Assert.False(region.Knows(photo)));
    }

    [Fact]
    public void Find_near_duplicates_are_left_out_together()
    {
        // Ten files of each of 30 scenes: each file would be known by the nine others.
        var scenes = Photos(30, seed: 1);
        var random = new Random(2);
        float[][] files = [.. Enumerable.Range(0, 300).Select(file => Array.ConvertAll(scenes[file / 10], value => value + (0.001f * random.NextSingle())))];

        var apart = Find(files, 0.05);
        var together = Find(files, 0.05, sceneOf: file => file / 10);

        Assert.True(together!.Bound > 1.05 * apart!.Bound, $"{together.Bound} beside {apart.Bound}");
    }

    [Theory]
    [InlineData(0, 0.05)]
    [InlineData(1, 0.05)]
    [InlineData(18, 0.05)]
    [InlineData(98, 0.01)]
    public void Find_too_few_photos_for_the_rate_give_no_bound(int count, double rate)
    {
        Assert.Null(Find(Photos(count, seed: 1), rate));
        Assert.NotNull(Find(Photos((int)Math.Round(1 / rate) - 1, seed: 1), rate));
    }

    [Fact]
    public void Find_photos_that_are_all_alike_give_no_bound()
    {
        var photo = Photos(1, seed: 1)[0];

        Assert.Null(Find([.. Enumerable.Repeat(photo, 100)], 0.05, sceneOf: _ => 0));
        Assert.Null(Find([.. Enumerable.Repeat(photo, 100)], 0.05));
        Assert.Null(Find([.. Enumerable.Repeat(new float[Dimensions], 100)], 0.05, sceneOf: _ => 0));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Embeddings_that_are_no_numbers_are_neither_known_nor_unknown(float value)
    {
        var photos = Photos(100, seed: 1);
        var region = Find(photos, 0.05);
        photos[7][3] = value;

        Assert.Null(region!.Knows(photos[7]));
        Assert.Null(Find(photos, 0.05));
    }

    [Fact]
    public void Find_gives_the_same_each_time() => Assert.Equal(
        Find(Photos(3_000, seed: 1), 0.05), Find(Photos(3_000, seed: 1), 0.05));

    [Fact]
    public async Task RunAsync_test_photos_have_no_part_in_the_bound()
    {
        var photos = Photos(120, seed: 1);
        var strange = Photos(30, seed: 3, away: 9);

        var alone = await FitAsync(photos, Photos(30, seed: 2));
        var besides = await FitAsync(photos, strange);

        Assert.Equal(alone, besides);
        Assert.All(strange, photo => Assert.False(besides!.Knows(photo)));
    }

    private static FamiliarRegion? Find(float[][] photos, double rate, Func<int, int>? sceneOf = null) => FamiliarRegionFit.Find(
        [.. photos.Select((photo, index) => new LabelledEmbedding($"{index:x64}", "a", photo) { Leader = $"{sceneOf?.Invoke(index) ?? index:x64}" })], rate, Token);

    private static async Task<FamiliarRegion?> FitAsync(float[][] trained, float[][] tested)
    {
        ManifestImage[] images = [.. trained.Concat(tested).Select((_, index) =>
            new ManifestImage($"{index:x64}", index % 2 == 0 ? "a" : "b", index < trained.Length ? DataSplit.Train : DataSplit.Test))];
        var embeddings = images.Zip(trained.Concat(tested)).ToDictionary(pair => pair.First.Sha256, pair => (ReadOnlyMemory<float>)pair.Second);
        var options = new TrainingOptions { Epochs = 2 };
        return (await HeadFit.RunAsync(new TrainingManifest(images), embeddings, ["a", "b"], options, duplicateThreshold: null, cancellationToken: Token)).Familiar;
    }

    /// <summary>Embeddings that vary much along four directions, and little along the others.</summary>
    private static float[][] Photos(int count, int seed, bool isPositive = false, float away = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var scene = Enumerable.Range(0, 4).Select(_ => random.NextSingle() - 0.5f).ToArray();
            return Enumerable.Range(0, Dimensions).Select(dimension =>
            {
                // Away from the scenes' directions, in which all of the dimensions 0, 4, 8 … go the same way.
                var stray = dimension switch { 0 or 2 => away, 4 or 6 => -away, _ => 0 };
                return (isPositive ? 5 : 0) + (3 * scene[dimension % 4]) + (0.5f * (random.NextSingle() - 0.5f)) + stray;
            }).ToArray();
        })];
    }
}
