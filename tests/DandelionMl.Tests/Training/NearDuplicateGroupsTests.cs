using DandelionMl.Backbones;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class NearDuplicateGroupsTests : IAsyncLifetime
{
    // Near-duplicates are less than 0.0447 apart as an angle.
    private static readonly BackboneInfo Backbone = new FakeBackbone().Info with { DuplicateThreshold = 0.999f };

    private readonly TestStores _stores = new();

    private NearDuplicateGroups Groups => new(_stores.Database, _stores.Embeddings);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Photos_that_come_a_few_at_a_time_get_the_leaders_that_all_at_once_get()
    {
        var images = Scenes(400);
        var atOnce = NearDuplicates.FindLeaders(
            [.. images.Select(image => image.Embedding)], Backbone.DuplicateThreshold, TestContext.Current.CancellationToken);

        string[] leaders = [];
        foreach (var count in (int[])[1, 2, 60, 61, 300, 400])
        {
            leaders = await FindAsync(images[..count]);
        }

        Assert.Equal(atOnce.Select(leader => images[leader].Sha256), leaders);
        Assert.InRange(leaders.Distinct().Count(), 2, 399);
    }

    [Fact]
    public async Task Photos_whose_leader_is_known_are_not_compared_again()
    {
        LabelledEmbedding[] images = [Image(0, 1, 0), Image(1, 1, 0.01f), Image(2, 0, 1)];
        var leaders = await FindAsync(images);

        LabelledEmbedding[] changed = [images[0], images[1] with { Embedding = images[2].Embedding }, images[2]];

        Assert.Equal([images[0].Sha256, images[0].Sha256, images[2].Sha256], leaders);
        Assert.Equal(leaders, await FindAsync(changed));
    }

    [Fact]
    public async Task A_group_stays_when_its_leader_is_withdrawn_and_new_photos_are_compared_with_that()
    {
        LabelledEmbedding[] images = [Image(0, 1, 0), Image(1, 1, 0.04f), Image(2, 1, -0.04f)];
        await FindAsync(images);

        // Near the leader; of the second, which is left, it is no near-duplicate.
        var near = Image(3, 1, -0.03f);

        Assert.Equal(Enumerable.Repeat(images[0].Sha256, 3), await FindAsync([images[1], images[2], near]));
    }

    [Fact]
    public async Task A_group_whose_leader_is_erased_goes_on_under_its_name_and_is_told_by_the_first_photo_left()
    {
        LabelledEmbedding[] images = [Image(0, 1, 0), Image(1, 1, 0.04f), Image(2, 1, 0.042f)];
        await FindAsync(images);
        await _stores.Embeddings.DeleteAsync([images[0].Sha256], TestContext.Current.CancellationToken);

        LabelledEmbedding[] later = [images[1], images[2], Image(3, 1, 0.08f), Image(4, 1, -0.04f)];
        var leaders = await FindAsync(later);

        Assert.Equal([images[0].Sha256, images[0].Sha256, images[0].Sha256, later[3].Sha256], leaders);
    }

    [Fact]
    public async Task Another_threshold_finds_the_groups_anew()
    {
        LabelledEmbedding[] images = [Image(0, 1, 0), Image(1, 1, 0.04f)];
        await FindAsync(images);

        var strict = await FindAsync(images, Backbone with { DuplicateThreshold = 0.99999f });

        Assert.Equal(images.Select(image => image.Sha256), strict);
        Assert.Equal(Enumerable.Repeat(images[0].Sha256, 2), await FindAsync(images));
    }

    [Fact]
    public async Task Processes_that_look_at_the_same_time_agree()
    {
        var images = Scenes(200);

        var found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FindAsync(images)));

        Assert.All(found, leaders => Assert.Equal(found[0], leaders));
    }

    [Fact]
    public async Task Spaces_do_not_mix()
    {
        LabelledEmbedding[] images = [Image(0, 1, 0), Image(1, 1, 0.01f)];
        await FindAsync(images);

        var other = await FindAsync(
            [images[0], images[1] with { Embedding = new float[] { 0, 1 } }], Backbone with { Id = "other" });

        Assert.Equal(images.Select(image => image.Sha256), other);
    }

    private async Task<string[]> FindAsync(LabelledEmbedding[] images, BackboneInfo? backbone = null)
    {
        backbone ??= Backbone;
        await _stores.Embeddings.PutAsync(
            backbone.Space, [.. images.Select(image => KeyValuePair.Create(image.Sha256, image.Embedding.ToArray()))], TestContext.Current.CancellationToken);
        return await Groups.FindLeadersAsync(backbone, images, TestContext.Current.CancellationToken);
    }

    private static LabelledEmbedding[] Scenes(int count) => [.. Enumerable.Range(0, count).Select(number =>
    {
        var angle = (number * 0.6180339f % 1) * 2 * MathF.PI;
        return Image(number, MathF.Cos(angle), MathF.Sin(angle));
    })];

    private static LabelledEmbedding Image(int number, float first, float second) =>
        new(ContentHash.Of(BitConverter.GetBytes(number)), "a", new[] { first, second });
}
