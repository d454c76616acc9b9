using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Imaging;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Tests.Training;

public sealed class TrainerTests : IAsyncDisposable
{
    private readonly TestStores _stores = new();

    [Fact]
    public async Task TrainAsync_two_classes_registers_a_candidate_with_metrics_and_manifest()
    {
        await _stores.AddColoursAsync(30, ("green", 1), ("red", 0));

        var result = await _stores.Trainer.TrainAsync(cancellationToken: Token);

        var version = await _stores.Registry.FindAsync(1, Token);
        Assert.Equal(result.Version.ArtifactSha256, version!.ArtifactSha256);
        Assert.Equal(ModelState.Candidate, version.State);
        Assert.Equal(["green", "red"], version.Labels);
        Assert.Equal(1, version.Metrics.Accuracy);
        Assert.Equal(result.Manifest.ComputeSha256(), version.ManifestSha256);
        Assert.Equal(60, result.Manifest.Images.Count);
        Assert.Equal(result.Manifest.Images.Count(image => image.Split == DataSplit.Test), version.Metrics.Images);
        Assert.Equal(_stores.Backbone.Info.DuplicateThreshold, version.Metrics.DuplicateThreshold);
        Assert.InRange(version.Metrics.DistinctPhotos!.Value, 2, version.Metrics.Images);
        Assert.InRange(version.Metrics.DistinctTrainingPhotos!.Value, 2, 60 - version.Metrics.Images);
        Assert.Equal(60, result.EmbeddedImages);
        Assert.InRange(result.Epochs.Count, 3, 200);
        Assert.Null(await _stores.Registry.GetChampionAsync(Token));
    }

    [Theory]
    [InlineData(0, 0.3)]
    [InlineData(-5, 0.3)]
    [InlineData(200, 0)]
    public async Task TrainAsync_options_out_of_their_ranges_register_nothing(int epochs, double testFraction)
    {
        await _stores.AddColoursAsync(30, ("green", 1), ("red", 0));

        await Assert.ThrowsAsync<ArgumentException>(
            () => _stores.Trainer.TrainAsync(new TrainingOptions { Epochs = epochs, TestFraction = testFraction }, cancellationToken: Token));

        Assert.Null(await _stores.Registry.FindAsync(1, Token));
    }

    [Fact]
    public async Task TrainAsync_four_classes_with_any_names_learns_them()
    {
        await _stores.AddColoursAsync(25, ("ruccola / roquette", 0), ("ピーマン", 1), ("../x", 2));
        for (var number = 0; number < 25; number++)
        {
            await _stores.AddAsync("grey", [(byte)(90 + (number * 3 % 40)), (byte)(90 + (number * 7 % 40)), (byte)(90 + (number * 11 % 40))]);
        }

        var result = await _stores.Trainer.TrainAsync(cancellationToken: Token);

        Assert.Equal(["../x", "grey", "ruccola / roquette", "ピーマン"], result.Version.Labels);
        Assert.True(result.Version.Metrics.Accuracy >= 0.9, $"accuracy {result.Version.Metrics.Accuracy}");
        Assert.Equal(4, (await _stores.Registry.LoadArtifactAsync(1, Token)).Bias.Length);
    }

    [Fact]
    public async Task TrainAsync_unchanged_images_makes_no_backbone_pass_and_gives_the_same_model()
    {
        await _stores.AddColoursAsync(20, ("green", 1), ("red", 0));
        var first = await _stores.Trainer.TrainAsync(cancellationToken: Token);
        Assert.Equal(40 + FixedPicture, _stores.Backbone.Images);

        var second = await _stores.Trainer.TrainAsync(cancellationToken: Token);

        Assert.Equal(40 + FixedPicture, _stores.Backbone.Images);
        Assert.Equal(0, second.EmbeddedImages);
        Assert.Equal(2, second.Version.Version);
        Assert.Equal(first.Version.ArtifactSha256, second.Version.ArtifactSha256);
        Assert.Equal(first.Version.ManifestSha256, second.Version.ManifestSha256);
    }

    [Fact]
    public async Task TrainAsync_after_new_images_embeds_only_those_and_no_test_image_becomes_a_training_image()
    {
        await _stores.AddColoursAsync(20, ("green", 1), ("red", 0));
        var first = await _stores.Trainer.TrainAsync(cancellationToken: Token);
        await _stores.AddAsync("green", [3, 255, 3]);
        await _stores.AddAsync("red", [254, 1, 77]);

        var second = await _stores.Trainer.TrainAsync(cancellationToken: Token);

        Assert.Equal(2, second.EmbeddedImages);
        var sides = second.Manifest.Images.ToDictionary(image => image.Sha256, image => image.Split);
        Assert.All(first.Manifest.Images, image => Assert.Equal(image.Split, sides[image.Sha256]));
    }

    [Fact]
    public async Task TrainAsync_after_the_first_of_near_duplicates_was_withdrawn_leaves_the_others_on_their_side()
    {
        await _stores.AddColoursAsync(10, ("green", 1), ("red", 0));
        var first = await _stores.AddAsync("red", [250, 30, 10]);
        for (byte number = 1; number <= 8; number++)
        {
            await _stores.AddAsync("red", [(byte)(25 * number), (byte)(3 * number), number]);
        }

        var before = await _stores.Trainer.TrainAsync(cancellationToken: Token);
        await _stores.Database.WriteAsync(
            session => session.ExecuteAsync("UPDATE plants_data SET state = 'withdrawn' WHERE id = @id", [("id", first.Id)]), Token);
        var after = await _stores.Trainer.TrainAsync(cancellationToken: Token);

        var copies = after.Manifest.Images.Where(image => image.Leader == first.Content!.Sha256).ToList();
        Assert.Equal(8, copies.Count);
        Assert.Equal(before.Manifest.Images.Where(image => image.Sha256 != first.Content!.Sha256), after.Manifest.Images);
        Assert.Single(copies.Select(image => image.Split).Distinct());
        Assert.Equal(before.Version.Metrics.DistinctTrainingPhotos, after.Version.Metrics.DistinctTrainingPhotos);
        Assert.Equal(after.Manifest, await _stores.Registry.LoadManifestAsync(after.Version.Version, Token));
    }

    [Fact]
    public async Task TrainAsync_reports_embedding_and_every_epoch()
    {
        await _stores.AddColoursAsync(20, ("green", 1), ("red", 0));
        var reports = new List<TrainingProgress>();

        await _stores.Trainer.TrainAsync(new TrainingOptions { Method = HeadMethod.Reference, Epochs = 5 }, new SynchronousProgress<TrainingProgress>(reports.Add), cancellationToken: Token);

        Assert.Equal([16, 32, 40], reports.Where(report => report.Stage == TrainingStage.Embedding).Select(report => report.Completed));
        Assert.Equal([1, 2, 3, 4, 5], reports.Where(report => report.Stage == TrainingStage.Fitting).Select(report => report.Epoch!.Epoch));
    }

    [Fact]
    public async Task TrainAsync_of_a_container_trains_as_configured_unless_the_call_says_how()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddSingleton<IBackboneProvider>(new FakeBackbone());
        services.AddSingleton<IImageDecoder, FakeImageDecoder>();
        services.AddDandelionMl(options =>
        {
            (options.DataDirectory, options.Backbone) = (folder.Path, "fake");
            (options.Training.Method, options.Training.Epochs, options.Training.TestFraction) = (HeadMethod.Reference, 7, 0.5);
        });
        await using var provider = services.BuildServiceProvider();
        await TestStores.AddColoursAsync(
            provider.GetRequiredService<IImageStore>(), provider.GetRequiredService<IImageCatalog>(), 60, ("green", 1), ("red", 0));
        var trainer = provider.GetRequiredService<Trainer>();

        var configured = await trainer.TrainAsync(cancellationToken: Token);
        var given = await trainer.TrainAsync(new TrainingOptions { Method = HeadMethod.Reference, Epochs = 3 }, cancellationToken: Token);

        Assert.Equal((7, 3), (configured.Epochs.Count, given.Epochs.Count));
        Assert.Contains("\"testFraction\":0.5", configured.Version.Options, StringComparison.Ordinal);
        Assert.InRange(configured.Version.Metrics.Images, 40, 80);
        Assert.InRange(given.Version.Metrics.Images, 20, 50);
    }

    [Theory]
    [InlineData("there is no image")]
    [InlineData("one class", "green", "green", "green")]
    [InlineData("one image per class", "green", "red")]
    [InlineData("one class with one image", "green", "green", "red")]
    public async Task TrainAsync_too_little_is_refused_and_registers_nothing(string why, params string[] labels)
    {
        foreach (var (index, label) in labels.Index())
        {
            await _stores.AddAsync(label, [(byte)(index * 90), 10, 200]);
        }

        await Assert.ThrowsAsync<InsufficientTrainingDataException>(() => _stores.Trainer.TrainAsync(cancellationToken: Token));

        Assert.True((await _stores.Registry.ListAsync(Token)).Count == 0, why);
    }

    [Fact]
    public async Task TrainAsync_cancelled_at_any_report_registers_nothing_and_keeps_what_was_embedded()
    {
        await _stores.AddColoursAsync(20, ("green", 1), ("red", 0));
        for (var stopAt = 1; stopAt <= 6; stopAt++)
        {
            using var cancellation = new CancellationTokenSource();
            var reports = 0;
            var progress = new SynchronousProgress<TrainingProgress>(_ =>
            {
                if (++reports == stopAt)
                {
                    cancellation.Cancel();
                }
            });

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _stores.Trainer.TrainAsync(null, progress, cancellationToken: cancellation.Token));
            Assert.Empty(await _stores.Registry.ListAsync(Token));
        }

        Assert.Equal(40 + FixedPicture, _stores.Backbone.Images);
    }

    [Fact]
    public async Task TrainAsync_unreadable_image_is_left_out_and_named()
    {
        await _stores.AddColoursAsync(20, ("green", 1), ("red", 0));
        var unreadable = await _stores.AddAsync("red", [1, 2, 3, 4]);

        var result = await _stores.Trainer.TrainAsync(cancellationToken: Token);

        Assert.Equal(unreadable.Content!.Sha256, Assert.Single(result.Unreadable).Sha256);
        Assert.Equal(40, result.Manifest.Images.Count);
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    // Embedded when a backbone is first used, to know it again.
    private const int FixedPicture = 1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TrainAsync_lost_and_damaged_objects_are_left_out_by_name_and_block_nothing()
    {
        await _stores.AddColoursAsync(20, ("dandelion", 0), ("grass", 1));
        var lost = await _stores.AddAsync("grass", [1, 2, 250]);
        var damaged = await _stores.AddAsync("grass", [2, 1, 250]);
        await _stores.Store.DeleteAsync(lost.Content!.Key, Token);
        await _stores.Store.DeleteAsync(damaged.Content!.Key, Token);
        using var other = new MemoryStream([9, 9, 9]);
        await _stores.Store.PutAsync(damaged.Content.Key, other, Token);

        var result = await _stores.Trainer.TrainAsync(cancellationToken: Token);

        Assert.Equal(
            new[] { damaged.UrlSource, lost.UrlSource }.Order(StringComparer.Ordinal),
            result.Unreadable.Select(image => image.Source).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(result.Manifest.Images, image => image.Sha256 == lost.Content.Sha256);
    }

    [Fact]
    public async Task TrainAsync_all_objects_lost_is_told_as_it_is()
    {
        await _stores.AddColoursAsync(2, ("dandelion", 0), ("grass", 1));
        await foreach (var image in _stores.Catalog.ListAsync(ImageState.Stored, Token))
        {
            await _stores.Store.DeleteAsync(image.Content!.Key, Token);
        }

        var thrown = await Assert.ThrowsAsync<InsufficientTrainingDataException>(() => _stores.Trainer.TrainAsync(cancellationToken: Token));
        Assert.Contains("4 images can't be read", thrown.Message, StringComparison.Ordinal);
    }

}
