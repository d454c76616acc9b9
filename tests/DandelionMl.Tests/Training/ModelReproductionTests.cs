using DandelionMl.Registry;
using DandelionMl.Tests.Promotion;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class ModelReproductionTests : IAsyncDisposable
{
    private readonly TestStores _stores = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ModelReproduction Reproduction => new(_stores.Registry, GateFixture.Embeddings(_stores));

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Reproduce_after_photos_and_labels_changed_gives_the_same_model_and_registers_nothing()
    {
        var options = new TrainingOptions { Method = HeadMethod.Reference, Seed = 7, Epochs = 20, LearningRate = 0.01, TestFraction = 0.4 };
        var version = await TrainAsync(options);
        await _stores.AddColoursAsync(12, ("blue", 2));
        await ExecuteAsync("UPDATE plants_data SET label = 'green' WHERE label = 'red' AND id % 3 = 0");

        var report = await Reproduction.ReproduceAsync(version, Token);

        Assert.True(report.WeightsAgree);
        Assert.Equal(0, report.LargestDifference);
        Assert.True(report.MetricsEqual);
        Assert.Equal(report.TrainedWith, report.ReproducedWith);
        Assert.Single(await _stores.Registry.ListAsync(Token));
    }

    [Fact]
    public async Task Reproduce_logistic_agrees_and_so_does_its_temperature()
    {
        var version = await TrainAsync(new TrainingOptions { BalanceClasses = true });

        var report = await Reproduction.ReproduceAsync(version, Token);

        Assert.True(report is { WeightsAgree: true, MetricsEqual: true });
        Assert.InRange(report.LargestDifference, 0, 1e-6);
        Assert.Equal(report.Registered.UncalibratedLoss, report.Reproduced.UncalibratedLoss);
    }

    [Fact]
    public async Task Reproduce_version_older_than_the_methods_is_fitted_by_the_reference()
    {
        var (model, manifest, artifact) = await LoadAsync(await TrainAsync(new TrainingOptions { Method = HeadMethod.Reference, Epochs = 20 }));
        var old = await _stores.Registry.RegisterAsync(
            new ModelRegistration(artifact, manifest, model.Options.Replace("\"method\":\"Reference\",", "", StringComparison.Ordinal), model.Metrics), Token);

        Assert.DoesNotContain("method", old.Options, StringComparison.Ordinal);
        Assert.True(await Reproduction.ReproduceAsync(old.Version, Token) is { WeightsAgree: true, MetricsEqual: true, LargestDifference: 0 });
    }

    [Fact]
    public async Task Reproduce_embeddings_gone_makes_them_again_from_the_photos()
    {
        var version = await TrainAsync();
        var before = _stores.Backbone.Images;
        await ExecuteAsync("DELETE FROM embeddings");

        var report = await Reproduction.ReproduceAsync(version, Token);

        Assert.True(report is { WeightsAgree: true, MetricsEqual: true });
        Assert.Equal(before + 40, _stores.Backbone.Images);
    }

    [Fact]
    public async Task Reproduce_photos_gone_with_their_embeddings_is_refused_and_names_them()
    {
        var version = await TrainAsync();
        var gone = (await _stores.Registry.LoadManifestAsync(version, Token)).Images.Take(2).Select(image => image.Sha256).ToList();
        foreach (var sha256 in gone)
        {
            await ExecuteAsync($"DELETE FROM embeddings WHERE sha256 = '{sha256}'");
            await ExecuteAsync($"DELETE FROM plants_data WHERE sha256 = '{sha256}'");
        }

        var error = await Assert.ThrowsAsync<IrreproducibleModelException>(() => Reproduction.ReproduceAsync(version, Token));

        Assert.Equal(gone, error.MissingImages);
        Assert.Contains("2 of its 40 images and their embeddings are missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reproduce_bytes_lost_with_the_embedding_is_refused_and_names_the_photo()
    {
        var version = await TrainAsync();
        await ExecuteAsync("DELETE FROM embeddings");
        var lost = await _stores.AddAsync("green", [3, 255, 3]);
        await _stores.Trainer.TrainAsync(cancellationToken: Token);
        await ExecuteAsync($"DELETE FROM embeddings WHERE sha256 = '{lost.Content!.Sha256}'");
        await _stores.Store.DeleteAsync(lost.Content.Key, Token);

        Assert.True((await Reproduction.ReproduceAsync(version, Token)).WeightsAgree);
        var error = await Assert.ThrowsAsync<IrreproducibleModelException>(() => Reproduction.ReproduceAsync(version + 1, Token));
        Assert.Contains(lost.Content.Sha256, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reproduce_other_weights_than_a_training_gives_says_so()
    {
        var version = await TrainAsync();
        var (model, manifest, artifact) = await LoadAsync(version);
        var weights = artifact.Weights.ToArray();
        weights[1] += 0.001f;
        var changed = await _stores.Registry.RegisterAsync(
            new ModelRegistration(artifact with { Weights = weights }, manifest, model.Options, model.Metrics with { Loss = model.Metrics.Loss + 0.001 }), Token);

        var report = await Reproduction.ReproduceAsync(changed.Version, Token);

        Assert.False(report.WeightsAgree);
        Assert.Equal(0.001f, report.LargestDifference, 1e-6f);
        Assert.False(report.MetricsEqual);
    }

    [Fact]
    public async Task Reproduce_unknown_version_or_one_of_another_trainer_is_refused()
    {
        var (model, manifest, artifact) = await LoadAsync(await TrainAsync());
        var strange = await _stores.Registry.RegisterAsync(new ModelRegistration(artifact, manifest, "[1, 2]", model.Metrics), Token);
        var empty = await _stores.Registry.RegisterAsync(new ModelRegistration(artifact, new TrainingManifest([]), "{}", model.Metrics), Token);

        await Assert.ThrowsAsync<ModelNotFoundException>(() => Reproduction.ReproduceAsync(99, Token));
        await Assert.ThrowsAsync<IrreproducibleModelException>(() => Reproduction.ReproduceAsync(strange.Version, Token));
        await Assert.ThrowsAsync<IrreproducibleModelException>(() => Reproduction.ReproduceAsync(empty.Version, Token));
    }

    [Fact]
    public async Task Train_keeps_every_epoch_and_what_it_was_trained_with()
    {
        var version = await TrainAsync(new TrainingOptions { Method = HeadMethod.Reference, Epochs = 3 });

        var epochs = await _stores.Registry.LoadEpochsAsync(version, Token);
        Assert.Equal([1, 2, 3], epochs.Select(epoch => epoch.Epoch));
        Assert.All(epochs, epoch => Assert.InRange(epoch.Accuracy, 0.4, 1));
        Assert.True(epochs[2].Loss < epochs[0].Loss);
        var environment = (await _stores.Registry.FindAsync(version, Token))!.Environment;
        Assert.Equal(Environment.Version.ToString(), environment[".NET"]);
        Assert.All(environment.Values, Assert.NotEmpty);
    }

    private async Task<int> TrainAsync(TrainingOptions? options = null)
    {
        await _stores.AddColoursAsync(20, ("green", 1), ("red", 0));
        return (await _stores.Trainer.TrainAsync(options, cancellationToken: Token)).Version.Version;
    }

    private async Task<(ModelVersion Model, TrainingManifest Manifest, ModelArtifact Artifact)> LoadAsync(int version) => (
        (await _stores.Registry.FindAsync(version, Token))!,
        await _stores.Registry.LoadManifestAsync(version, Token),
        await _stores.Registry.LoadArtifactAsync(version, Token));

    private Task<int> ExecuteAsync(string sql) => _stores.Database.WriteAsync(session => session.ExecuteAsync(sql), Token);
}
