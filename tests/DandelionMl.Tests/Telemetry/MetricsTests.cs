using System.Diagnostics.Metrics;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Reconciliation;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Telemetry;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Telemetry;

public sealed class MetricsTests
{
    private static readonly byte[] Dandelion = [255, 3, 9];
    private static readonly byte[] TrainingPhoto = [201, 7, 13];

    [Fact]
    public async Task Prediction_is_counted_by_label_and_version_with_its_confidence_and_time()
    {
        await using var loop = new TestLoop();
        var version = await loop.LearnAsync();
        using var measured = new Measurements(loop.Services);
        var classifier = loop.Get<Classifier>();

        var prediction = await classifier.ClassifyAsync(Dandelion, Token);
        await classifier.ClassifyAsync(Dandelion, Token);

        var tags = $"dandelionml.label=dandelion dandelionml.model.version={version.Version}";
        Assert.Equal([(1, tags), (1, tags)], measured.Of("dandelionml.predictions"));
        var confidence = measured.Of("dandelionml.prediction.confidence");
        Assert.All(confidence, item => Assert.Equal((prediction.Probability, "dandelionml.model.version=1"), (item.Value, item.Tags)));
        Assert.Equal(2, confidence.Count);
        Assert.All(measured.Of("dandelionml.prediction.duration"), item => Assert.Equal("", item.Tags));
        Assert.Equal([1, -1, 1, -1], measured.Of("dandelionml.prediction.active").Select(item => item.Value));
        Assert.Equal(2, measured.Of("dandelionml.prediction.duration").Count);
        Assert.Equal(
            ["dandelionml.cache.result=miss", "dandelionml.cache.result=hit"],
            measured.Of("dandelionml.embedding.cache.lookups").Select(item => item.Tags));
        Assert.Equal([(1, "dandelionml.backbone=fake")], measured.Of("dandelionml.embedding.batch_size"));
        Assert.Single(measured.Of("dandelionml.embedding.duration"));
        Assert.Equal([(1, "")], measured.Of("dandelionml.model.served"));
    }

    [Fact]
    public async Task Prediction_that_fails_is_told_by_the_kind_of_its_error()
    {
        await using var loop = new TestLoop();
        using var measured = new Measurements(loop.Services);

        await Assert.ThrowsAsync<NoModelException>(() => loop.Get<Classifier>().ClassifyAsync(Dandelion, Token));

        Assert.Equal("error.type=NoModelException", Assert.Single(measured.Of("dandelionml.prediction.duration")).Tags);
        Assert.Equal(0, measured.Of("dandelionml.prediction.active").Sum(item => item.Value));
        Assert.Empty(measured.Of("dandelionml.predictions"));
    }

    [Fact]
    public async Task Photos_refused_since_too_many_are_in_flight_are_counted()
    {
        await using var loop = new TestLoop(options => options.Classifier.MaxConcurrency = 1);
        await loop.LearnAsync();
        using var measured = new Measurements(loop.Services);
        using var begun = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        loop.Backbone.OnPass = _ =>
        {
            begun.Release();
            release.Wait(Token);
        };

        var first = loop.Get<Classifier>().ClassifyAsync(Dandelion, Token);
        await begun.WaitAsync(Token);
        await Assert.ThrowsAsync<ClassifierBusyException>(() => loop.Get<Classifier>().ClassifyAsync(Dandelion, Token));
        release.Release();
        await first;

        Assert.Equal([(1, "dandelionml.photo.size=any")], measured.Of("dandelionml.prediction.rejections"));
    }

    [Fact]
    public async Task Photos_that_people_send_and_decisions_on_them_are_counted()
    {
        await using var loop = new TestLoop();
        await loop.LearnAsync();
        using var measured = new Measurements(loop.Services);

        var examined = await loop.Get<PhotoExaminer>().ExamineAsync(new byte[] { 255, 77, 0 }, new PhotoExamination { Keep = true }, Token);
        await loop.Get<PhotoExaminer>().ExamineAsync(TrainingPhoto, cancellationToken: Token);
        var desk = loop.Get<ReviewDesk>();
        await desk.DecideAsync(new ReviewDecision(examined.ImageId!.Value, PhotoAction.Correct, "grass"), "ann", Token);
        await desk.DecideAsync(new ReviewDecision(examined.ImageId.Value, PhotoAction.Correct, "grass"), "ann", Token);
        await desk.DecideAsync(new ReviewDecision(examined.ImageId.Value, PhotoAction.Undo), "ann", Token);
        await desk.DecideAsync(new ReviewDecision(examined.ImageId.Value, PhotoAction.Correct, "dandelion"), "ann", Token);

        Assert.Equal(UploadStatus.New, examined.Status);
        Assert.Equal(
            ["dandelionml.upload.status=new", "dandelionml.upload.status=not_kept"],
            measured.Of("dandelionml.photos.received").Select(item => item.Tags));
        Assert.Equal(
            ["correct", "undo", "confirm"],
            measured.Of("dandelionml.review.decisions").Select(item => item.Tags["dandelionml.model.version=1 dandelionml.review.action=".Length..]));
    }

    [Fact]
    public async Task Photo_that_the_model_was_not_taught_is_counted_by_version()
    {
        await using var loop = new TestLoop();
        await loop.LearnAsync();
        using var measured = new Measurements(loop.Services);
        var classifier = loop.Get<Classifier>();

        var (known, unknown) = (await classifier.ClassifyAsync(TrainingPhoto, Token), await classifier.ClassifyAsync(new byte[] { 5, 5, 255 }, Token));

        Assert.Equal((true, false), (known.IsKnown, unknown.IsKnown));
        Assert.Equal([(1, "dandelionml.model.version=1")], measured.Of("dandelionml.predictions.unknown"));
    }

    [Fact]
    public async Task Classes_that_a_photo_may_be_of_are_counted_by_version()
    {
        await using var loop = new TestLoop();
        using var measured = new Measurements(loop.Services);
        var telemetry = new ServingTelemetry(loop.Get<IMeterFactory>());
        var unsure = new Prediction
        {
            Probabilities = [new("daisy", 0.5f), new("dandelion", 0.4f), new("grass", 0.1f)], Labels = ["daisy", "dandelion"], ModelVersion = 3, Sha256 = "",
        };

        await telemetry.MeasureAsync(() => Task.FromResult(unsure));
        await telemetry.MeasureAsync(() => Task.FromResult(unsure with { Labels = ["daisy"] }));
        await telemetry.MeasureAsync(() => Task.FromResult(unsure with { Labels = null }));

        const string tags = "dandelionml.model.version=3";
        Assert.Equal([(2, tags), (1, tags)], measured.Of("dandelionml.prediction.set_size"));
    }

    [Fact]
    public async Task Training_gate_and_policy_are_measured()
    {
        await using var loop = new TestLoop();
        using var measured = new Measurements(loop.Services);

        await Assert.ThrowsAsync<InsufficientTrainingDataException>(() => loop.Get<Trainer>().TrainAsync(cancellationToken: Token));
        await loop.LearnAsync();
        await loop.Get<RetrainCheck>().DecideAsync(cancellationToken: Token);
        await loop.Get<PipelineRunner>().RunAsync(PipelineIds.Retrain, "test", cancellationToken: Token);

        Assert.Equal(
            ["error.type=InsufficientTrainingDataException", ""], measured.Of("dandelionml.training.duration").Select(item => item.Tags));
        Assert.Equal([(1, "dandelionml.gate.result=passed")], measured.Of("dandelionml.gate.verdicts"));
        Assert.Equal([(1, "dandelionml.retrain.due=False")], measured.Of("dandelionml.retrain.decisions"));
        Assert.Equal([(0, ""), (0, "")], measured.Of("dandelionml.retrain.new_photos"));
        Assert.Equal([(10, ""), (10, "")], measured.Of("dandelionml.retrain.minimum"));
        Assert.Equal(
            [(1, $"dandelionml.pipeline={PipelineIds.Retrain} dandelionml.pipeline.state=skipped")], measured.Of("dandelionml.pipeline.runs"));
        Assert.Equal([16, 16, 16, 16, 16], measured.Of("dandelionml.embedding.batch_size").Select(item => item.Value));
    }

    [Fact]
    public async Task Store_operations_are_timed_by_operation_and_error()
    {
        await using var loop = new TestLoop();
        using var measured = new Measurements(loop.Services);
        var store = loop.Get<PairedImageStore>();

        await store.PutAsync("raw/a.png", new MemoryStream([1]), Token);
        await store.CopyAsync("raw/a.png", "raw/b.png", Token);
        await (await store.OpenReadAsync("raw/b.png", Token)).DisposeAsync();
        await store.ExistsAsync("raw/b.png", Token);
        await store.DeleteAsync("raw/b.png", Token);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => store.OpenReadAsync("raw/b.png", Token));

        Assert.Equal(
            ["put", "copy", "open", "exists", "delete", "open error.type=ObjectNotFoundException"],
            measured.Of("dandelionml.store.operation.duration").Select(item => item.Tags.Replace(
                "dandelionml.store.operation=", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reconciliation_counts_its_findings()
    {
        await using var loop = new TestLoop();
        await loop.TrainAsync();
        using var measured = new Measurements(loop.Services);
        var store = loop.Get<IImageStore>();
        await store.PutAsync("raw/nobodys.png", new MemoryStream([1]), Token);
        var photo = await store.ListAsync("raw/dandelion/", Token).FirstAsync(Token);
        await store.DeleteAsync(photo.Key, Token);

        await loop.Get<Reconciler>().ReconcileAsync(isDryRun: true, DateTimeOffset.MaxValue, verifyContents: false, Token);

        Assert.Equal(
            [(1, "dandelionml.dry_run=True dandelionml.finding=lost_photo"), (1, "dandelionml.dry_run=True dandelionml.finding=orphan")],
            measured.Of("dandelionml.reconciler.findings"));
    }

    [Fact]
    public void BoundedTag_tells_the_first_values_apart_and_the_others_not()
    {
        var tag = new BoundedTag(most: 2);

        Assert.Equal(["a", "b", "a", "_OTHER", "b", "_OTHER"], new[] { "a", "b", "a", "c", "b", "d" }.Select(tag.Of));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
