using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Training;

public sealed class HeadFitTests
{
    private static readonly string[] Labels = ["a", "b"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_logistic_tells_of_loss_and_calibration_before_its_temperature()
    {
        var fit = await RunAsync(Embeddings(120), new TrainingOptions());

        Assert.NotEqual(1, fit.Head.Temperature);
        Assert.NotEmpty(fit.Choice!.Tried);
        Assert.NotNull(fit.Metrics.UncalibratedLoss);
        Assert.NotEqual(fit.Metrics.Loss, fit.Metrics.UncalibratedLoss);
        Assert.InRange(fit.Metrics.UncalibratedCalibrationError!.Value, 0, 1);
    }

    [Fact]
    public async Task RunAsync_logistic_measures_the_labels_that_a_photo_may_have_on_test_photos()
    {
        var metrics = (await RunAsync(Embeddings(120), new TrainingOptions())).Metrics;
        var sure = (await RunAsync(Embeddings(120), new TrainingOptions { PredictionSetCoverage = 0.6 })).Metrics;

        Assert.InRange(metrics.PredictionSetCoverage!.Value, metrics.Accuracy, 1);
        Assert.InRange(metrics.PredictionSetSize!.Value, 1, 2);
        Assert.Equal(metrics.DistinctTrainingPhotos ?? metrics.CalibrationPhotos, metrics.CalibrationPhotos);
        Assert.True(sure.PredictionSetSize <= metrics.PredictionSetSize);
        Assert.True(sure.PredictionSetCoverage <= metrics.PredictionSetCoverage);
    }

    [Fact]
    public async Task RunAsync_reference_has_no_temperature()
    {
        var fit = await RunAsync(Embeddings(120), new TrainingOptions { Method = HeadMethod.Reference, Epochs = 5 });

        Assert.Equal(1, fit.Head.Temperature);
        Assert.Null(fit.Choice);
        Assert.Null(fit.Metrics.UncalibratedLoss);
        Assert.Equal(5, fit.Epochs.Count);
    }

    /// <summary>More epochs than enough: the loss on training photos falls on, that on photos held out rises.</summary>
    [Fact]
    public async Task RunAsync_reference_keeps_the_loss_on_photos_held_out_by_epoch()
    {
        var options = new TrainingOptions { Method = HeadMethod.Reference, Epochs = 300, LearningRate = 0.05, WeightDecay = 0 };

        var epochs = (await RunAsync(Embeddings(120), options)).Epochs;

        Assert.All(epochs, epoch => Assert.InRange(epoch.HeldOutAccuracy!.Value, 0, 1));
        Assert.Equal(epochs.Select(epoch => epoch.Loss).Min(), epochs[^1].Loss, 0.02);
        Assert.True(epochs[^1].HeldOutLoss > epochs[^1].Loss + 0.02, $"{epochs[^1]}");
        Assert.True(epochs[^1].HeldOutLoss > epochs.Min(epoch => epoch.HeldOutLoss) + 0.01, $"{epochs[^1]}");
        Assert.All((await RunAsync(Embeddings(120), new TrainingOptions())).Epochs, epoch => Assert.Null(epoch.HeldOutLoss));
    }

    [Fact]
    public async Task RunAsync_reference_names_the_classes_that_a_photo_may_be_of()
    {
        var fit = await RunAsync(Embeddings(120), new TrainingOptions { Method = HeadMethod.Reference, Epochs = 20 });

        Assert.Equal((0.95, 72, 2), (fit.Sets!.Coverage, fit.Sets.Photos, fit.Sets.Bounds.Length));
        Assert.InRange(fit.Metrics.PredictionSetCoverage!.Value, fit.Metrics.Accuracy, 1);
        Assert.Equal(72, fit.Metrics.CalibrationPhotos);
    }

    [Fact]
    public async Task RunAsync_reference_of_too_few_photos_names_none()
    {
        var fit = await RunAsync(Embeddings(5), new TrainingOptions { Method = HeadMethod.Reference, Epochs = 2 });

        Assert.Null(fit.Sets);
        Assert.Equal(2, fit.Epochs.Count);
    }

    [Theory]
    [InlineData(HeadMethod.Logistic, float.NaN)]
    [InlineData(HeadMethod.Logistic, float.NegativeInfinity)]
    [InlineData(HeadMethod.Reference, float.NaN)]
    public async Task RunAsync_embedding_that_is_no_number_is_refused_and_names_the_image(HeadMethod method, float value)
    {
        var embeddings = Embeddings(40);
        embeddings[17][3] = value;

        var error = await Assert.ThrowsAsync<InvalidEmbeddingException>(() => RunAsync(embeddings, new TrainingOptions { Method = method }));

        Assert.Contains(Hash(17), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task RunAsync_embedding_of_another_length_is_refused(int length)
    {
        var embeddings = Embeddings(40);
        embeddings[17] = new float[length];

        await Assert.ThrowsAsync<InvalidEmbeddingException>(() => RunAsync(embeddings, new TrainingOptions()));
    }

    [Fact]
    public void Check_names_the_first_of_several_that_are_wrong()
    {
        var images = Enumerable.Range(0, 5_000).Select(index => new LabelledEmbedding(Hash(index), "a", new float[] { index < 700 ? 1 : float.NaN })).ToList();

        var error = Assert.Throws<InvalidEmbeddingException>(() => HeadFit.Check(images));

        Assert.Contains(Hash(700), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_keeps_the_options_of_the_method_and_what_it_chose()
    {
        var logistic = new TrainingOptions { BalanceClasses = true, TestFraction = 0.4 };
        var reference = new TrainingOptions { Method = HeadMethod.Reference, Epochs = 5, Seed = 3 };

        var (first, second) = (
            TrainingRecord.Write(logistic, await RunAsync(Embeddings(120), logistic)), TrainingRecord.Write(reference, await RunAsync(Embeddings(120), reference)));

        Assert.Contains("\"strength\":", first, StringComparison.Ordinal);
        Assert.Contains("\"temperature\":", first, StringComparison.Ordinal);
        Assert.Contains("\"logLoss\":", first, StringComparison.Ordinal);
        Assert.DoesNotContain("epochs", first, StringComparison.Ordinal);
        Assert.DoesNotContain("strength", second, StringComparison.Ordinal);
        Assert.Contains("predictionSetCoverage", second, StringComparison.Ordinal);
        Assert.DoesNotContain("balanceClasses", second, StringComparison.Ordinal);
        Assert.True(TrainingRecord.Read(first) is { Method: HeadMethod.Logistic, BalanceClasses: true, TestFraction: 0.4 });
        Assert.True(TrainingRecord.Read(second) is { Method: HeadMethod.Reference, Epochs: 5, Seed: 3 });
    }

    [Fact]
    public void Record_that_names_no_method_is_the_reference_s() => Assert.True(
        TrainingRecord.Read("""{"learningRate":0.003,"epochs":200,"batchSize":32,"weightDecay":0.01,"testFraction":0.3,"seed":4}""")
            is { Method: HeadMethod.Reference, Epochs: 200, Seed: 4 });

    private static Task<HeadFit> RunAsync(float[][] embeddings, TrainingOptions options) => HeadFit.RunAsync(
        new TrainingManifest([.. embeddings.Select((_, index) => new ManifestImage(
            Hash(index), Labels[index % 2], index % 5 < 2 ? DataSplit.Test : DataSplit.Train)).OrderBy(image => image.Sha256, StringComparer.Ordinal)]),
        embeddings.Index().ToDictionary(item => Hash(item.Index), item => (ReadOnlyMemory<float>)item.Item), Labels, options, duplicateThreshold: 0.99f, cancellationToken: Token);

    private static float[][] Embeddings(int count) =>
    [
        .. Enumerable.Range(0, count).Select(index =>
        {
            var embedding = FormulaWeights.Values($"photo.{index}", 8, 0, 1.5);
            embedding[0] += index % 2;
            return embedding;
        }),
    ];

    private static string Hash(int index) => ContentHash.Of(BitConverter.GetBytes(index));
}
