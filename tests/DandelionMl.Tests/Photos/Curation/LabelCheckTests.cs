using DandelionMl.Catalog;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Photos;

public sealed class LabelCheckTests : IAsyncDisposable
{
    private readonly TestLoop _loop = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LabelCheck Check => _loop.Get<LabelCheck>();

    private TrainingSetEditor Editor => _loop.Get<TrainingSetEditor>();

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    [Fact]
    public async Task RunAsync_wrong_labels_come_first_on_both_sides_without_a_backbone_pass()
    {
        await _loop.TrainAsync();
        var wrong = await MislabelAsync(6);
        var passes = _loop.Backbone.Images;

        var report = await Check.RunAsync(10, Token);

        Assert.Equal((null, 80, 0, 0, 0), (report.Obstacle, report.Checked, report.Kept, report.Missing, report.Alone));
        Assert.Equal(wrong.Order(), report.Photos.Take(6).Select(photo => photo.ImageId).Order());
        Assert.All(report.Photos.Take(6), photo => Assert.Equal(("grass", "dandelion", true), (photo.Label, photo.LikelyLabel, photo.Margin < 0)));
        Assert.InRange(report.Flagged, 1, 10);
        Assert.Equal(10, report.Photos.Count);
        Assert.Equal([DataSplit.Train, DataSplit.Test], (await Check.RunAsync(80, Token)).Photos.Select(photo => photo.Split).Distinct().Order());
        Assert.Equal(report.Photos, (await Check.RunAsync(10, Token)).Photos);
        Assert.Equal(passes, _loop.Backbone.Images);
    }

    [Fact]
    public async Task LastFlagged_is_of_the_last_check_and_measured()
    {
        await _loop.TrainAsync();
        var wrong = await MislabelAsync(6);
        using var measured = new Measurements(_loop.Services);
        Assert.Null(Check.LastFlagged);

        var flagged = (await Check.RunAsync(0, Token)).Flagged;
        Assert.Equal(flagged, Check.LastFlagged);
        await Editor.SettleLabelAsync(wrong[0], "grass", "grass", "anna", Token);
        Assert.Equal(flagged - 1, (await Check.RunAsync(0, Token)).Flagged);

        Assert.Equal(flagged - 1, Check.LastFlagged);
        Assert.Equal([(flagged, ""), (flagged - 1, "")], measured.Of("dandelionml.labels.doubted"));
    }

    /// <summary>As the next training will have them.</summary>
    [Fact]
    public async Task RunAsync_photos_are_on_the_side_of_the_training()
    {
        var manifest = (await _loop.TrainAsync()).Manifest;

        var report = await Check.RunAsync(80, Token);

        Assert.Equal(
            manifest.Images.Select(image => (image.Sha256, image.Split)).Order(), report.Photos.Select(photo => (photo.Sha256, photo.Split)).Order());
    }

    [Fact]
    public async Task SettleLabelAsync_a_kept_label_is_recorded_and_doubted_no_more_until_it_changes()
    {
        await _loop.TrainAsync();
        var wrong = await MislabelAsync(2);

        var kept = await Editor.SettleLabelAsync(wrong[0], "grass", "grass", "anna", Token);

        Assert.True(kept.IsAccepted);
        Assert.Equal("grass", kept.Photo!.Image.Label);
        var history = await _loop.Get<PhotoSearch>().ListHistoryAsync(wrong[0], Token);
        Assert.Equal((PhotoAction.Keep, "grass", "grass", "anna"), (history[^1].Action, history[^1].FromLabel, history[^1].ToLabel, history[^1].Actor));
        var report = await Check.RunAsync(80, Token);
        Assert.Equal(1, report.Kept);
        Assert.DoesNotContain(report.Photos, photo => photo.ImageId == wrong[0]);
        Assert.Contains(wrong[0], await _loop.Get<IImageCatalog>().FindCorrectedAsync([wrong[0]], Token));

        // That the label was kept says nothing of another one.
        await Editor.RelabelAsync(wrong[0], "dandelion", "ben", cancellationToken: Token);
        Assert.Equal(0, (await Check.RunAsync(80, Token)).Kept);
    }

    [Fact]
    public async Task SettleLabelAsync_gives_the_other_label_and_what_changed_meanwhile_is_refused()
    {
        await _loop.TrainAsync();
        var wrong = await MislabelAsync(1);

        var changed = await Editor.SettleLabelAsync(wrong[0], "grass", "dandelion", "anna", Token);
        var late = await Editor.SettleLabelAsync(wrong[0], "grass", "dandelion", "ben", Token);
        var lateKeep = await Editor.SettleLabelAsync(wrong[0], "grass", "grass", "ben", Token);

        Assert.Equal((true, "dandelion"), (changed.IsAccepted, changed.Photo!.Image.Label));
        Assert.Equal((PhotoRefusal.LabelChanged, PhotoRefusal.LabelChanged), (late.Refusal, lateKeep.Refusal));
        Assert.Equal(PhotoRefusal.NotFound, (await Editor.SettleLabelAsync(999, "grass", "grass", "ben", Token)).Refusal);
        await Editor.WithdrawAsync(wrong[0], "blurred", "ben", Token);
        Assert.Equal(PhotoRefusal.AlreadyWithdrawn, (await Editor.SettleLabelAsync(wrong[0], "dandelion", "dandelion", "ben", Token)).Refusal);
    }

    [Fact]
    public async Task RunAsync_photos_that_are_not_embedded_are_counted()
    {
        await _loop.TrainAsync();
        await AddAsync("grass", [1, 2, 3]);

        var report = await Check.RunAsync(1, Token);

        Assert.Equal((80, 1), (report.Checked, report.Missing));
    }

    [Fact]
    public async Task RunAsync_a_class_of_one_photo_is_not_judged()
    {
        await AddAsync("moss", [120, 120, 120]);
        await _loop.TrainAsync();

        var report = await Check.RunAsync(80, Token);

        Assert.Equal((80, 1), (report.Checked, report.Alone));
        Assert.DoesNotContain(report.Photos, photo => photo.Label == "moss" || photo.LikelyLabel == "moss");
    }

    [Fact]
    public async Task RunAsync_nothing_to_check_says_why()
    {
        Assert.Equal(LabelCheckObstacle.NoPhotos, (await Check.RunAsync(10, Token)).Obstacle);

        await AddAsync("grass", [0, 250, 0]);
        await AddAsync("dandelion", [250, 250, 0]);
        Assert.Equal((LabelCheckObstacle.NoEmbeddings, 2), (await Check.RunAsync(10, Token) is var report ? report.Obstacle : null, report.Missing));

        await Assert.ThrowsAsync<InsufficientTrainingDataException>(() => _loop.Get<Trainer>().TrainAsync(cancellationToken: Token));
        var single = await Check.RunAsync(10, Token);
        Assert.Equal((LabelCheckObstacle.OneClass, 0), (single.Obstacle, single.Photos.Count));
        Assert.NotNull(single.Why);
    }

    [Fact]
    public async Task RunAsync_embeddings_that_are_all_alike_say_so()
    {
        // The mean of each channel is what the test's backbone embeds.
        foreach (var copies in Enumerable.Range(1, 12))
        {
            await AddAsync(copies % 2 == 0 ? "grass" : "dandelion", [.. Enumerable.Repeat<byte[]>([9, 99, 199], copies).SelectMany(pixel => pixel)]);
        }

        await _loop.Get<Trainer>().TrainAsync(cancellationToken: Token);

        Assert.Equal(LabelCheckObstacle.EmbeddingsAlike, (await Check.RunAsync(10, Token)).Obstacle);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(LabelCheck.MostListed + 1)]
    public async Task RunAsync_a_count_out_of_its_range_is_refused(int count) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Check.RunAsync(count, Token));

    /// <summary>Labels dandelions as grass, as if they had come so.</summary>
    private async Task<List<long>> MislabelAsync(int count)
    {
        var photos = await _loop.Get<PhotoSearch>().FindAsync(new PhotoFilter { Label = "dandelion" }, count: count, cancellationToken: Token);
        foreach (var photo in photos)
        {
            await Editor.RelabelAsync(photo.Image.Id, "grass", "test", cancellationToken: Token);
        }

        return [.. photos.Select(photo => photo.Image.Id)];
    }

    private Task<CatalogImage> AddAsync(string label, byte[] photo) => TestStores.AddAsync(_loop.Get<IImageStore>(), _loop.Get<IImageCatalog>(), label, photo);
}
