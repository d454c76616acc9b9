using DandelionMl.Monitoring;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Tests.Promotion;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Monitoring;

public sealed class LoopStateTests
{
    // A Wednesday at noon; the retraining is due on Saturdays at midnight.
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 3, 6, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Metrics_tell_review_champion_and_pipelines()
    {
        await using var loop = new TestLoop(time: _time);
        await loop.LearnAsync();
        await loop.Get<PhotoExaminer>().ExamineAsync(new byte[] { 255, 77, 0 }, new PhotoExamination { Keep = true }, Token);
        _time.AdjustTime(_time.GetUtcNow().AddHours(1));
        var rejected = await loop.Get<IModelRegistry>().RegisterAsync(GateFixture.Registration(), Token);
        await loop.Get<IModelRegistry>().DecideAsync(
            rejected.Version, new GateVerdict(1, [new GateCheck("test", false, 0, 1, "not in this test")], null), "test", Token);
        await loop.Get<PipelineRunner>().RunAsync(
            PipelineIds.IngestDataset, "test", new Dictionary<string, string> { ["dataset"] = "/no/such/folder" }, cancellationToken: Token);
        using var measured = new Measurements(loop.Services);

        await ReadAsync(loop);
        measured.Observe();

        Assert.Equal([(1, "")], measured.Of("dandelionml.review.pending"));
        Assert.Equal([(3_600, "")], measured.Of("dandelionml.review.oldest_age"));
        Assert.Equal([(1, "")], measured.Of("dandelionml.model.champion"));
        Assert.Equal([(3_600, "")], measured.Of("dandelionml.model.champion_age"));
        Assert.Equal([(1, "")], measured.Of("dandelionml.model.rejected_since"));
        Assert.True(Assert.Single(measured.Of("dandelionml.store.free")).Value > 0);
        Assert.Equal([(1, $"dandelionml.pipeline={PipelineIds.IngestDataset}")], measured.Of("dandelionml.pipeline.failed"));
        Assert.Contains((TimeSpan.FromHours(59).TotalSeconds, $"dandelionml.pipeline={PipelineIds.Retrain}"), measured.Of("dandelionml.pipeline.next_run"));
    }

    [Fact]
    public async Task Metrics_tell_the_live_accuracy_once_enough_photos_are_reviewed()
    {
        await using var loop = new TestLoop(time: _time);
        await loop.LearnAsync();
        for (var number = 0; number < 12; number++)
        {
            var angle = 1.5 * (number + 0.5) / 12;
            byte[] photo = [(byte)(200 * Math.Cos(angle)), (byte)(200 * Math.Sin(angle)), 90];
            Assert.Equal(UploadStatus.New, (await loop.Get<PhotoExaminer>().ExamineAsync(photo, new PhotoExamination { Keep = true }, Token)).Status);
        }

        using (var before = new Measurements(loop.Services))
        {
            await ReadAsync(loop);
            before.Observe();
            Assert.Equal([(10, "")], before.Of("dandelionml.review.missing_random"));
            Assert.Empty(before.Of("dandelionml.model.live_accuracy"));
        }

        var taken = await loop.Get<ReviewDesk>().TakeAsync("anna", 12, cancellationToken: Token);
        await loop.Get<ReviewDesk>().DecideAsync([.. taken.Select(photo => new ReviewDecision(photo.Image.Id, PhotoAction.Confirm))], "anna", Token);
        using (var soon = new Measurements(loop.Services))
        {
            // All photos of weeks are read for it, so not every time.
            await ReadAsync(loop);
            soon.Observe();
            Assert.Equal([(10, "")], soon.Of("dandelionml.review.missing_random"));
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        using var measured = new Measurements(loop.Services);
        await ReadAsync(loop);
        measured.Observe();

        Assert.Equal([(0, "")], measured.Of("dandelionml.review.missing_random"));
        var estimates = measured.Of("dandelionml.model.live_accuracy");
        Assert.Equal((1, "dandelionml.estimate=value"), estimates[0]);
        Assert.Equal("dandelionml.estimate=low", estimates[1].Tags);
        Assert.Equal(Math.Pow(0.025, 1 / 12.0), estimates[1].Value, 1e-9); // Twelve of twelve, by Clopper and Pearson.
        Assert.Equal((1, "dandelionml.estimate=high"), estimates[2]);
    }

    [Fact]
    public async Task Metrics_tell_how_worn_the_test_images_are()
    {
        await using var loop = new TestLoop(time: _time);
        await loop.LearnAsync();
        var second = await loop.Get<Trainer>().TrainAsync(cancellationToken: Token);
        using var measured = new Measurements(loop.Services);
        await ReadAsync(loop);
        measured.Observe();
        Assert.Empty(measured.Of("dandelionml.gate.test_image_uses"));

        await loop.Get<ModelPromotion>().DecideAsync(second.Version.Version, "test", Token);
        var verdict = (await loop.Get<IModelRegistry>().FindAsync(second.Version.Version, Token))!.Verdict!;
        await ReadAsync(loop);
        measured.Observe();

        Assert.Equal([(verdict.Comparison!.Uses + 1, "")], measured.Of("dandelionml.gate.test_image_uses"));
        Assert.Equal((50, ""), measured.Of("dandelionml.gate.maximum_test_image_uses")[^1]);
    }

    [Fact]
    public async Task Metrics_tell_of_the_last_run_that_ended_while_the_next_one_waits()
    {
        await using var loop = new TestLoop(time: _time);
        await loop.Get<PipelineRunner>().RunAsync(
            PipelineIds.IngestDataset, "test", new Dictionary<string, string> { ["dataset"] = "/no/such/folder" }, cancellationToken: Token);
        await loop.Get<PipelineRuns>().StartAsync(
            PipelineIds.IngestDataset, "test", new Dictionary<string, string> { ["dataset"] = "/another/folder" }, cancellationToken: Token);
        using var measured = new Measurements(loop.Services);

        await ReadAsync(loop);
        measured.Observe();

        Assert.Equal([(1, $"dandelionml.pipeline={PipelineIds.IngestDataset}")], measured.Of("dandelionml.pipeline.failed"));
    }

    [Fact]
    public async Task Metrics_of_an_empty_loop_leave_out_what_is_not_there()
    {
        await using var loop = new TestLoop(time: _time);
        using var measured = new Measurements(loop.Services);

        await ReadAsync(loop);
        measured.Observe();

        Assert.Equal([(0, "")], measured.Of("dandelionml.review.pending"));
        Assert.Equal([(0, "")], measured.Of("dandelionml.model.champion"));
        Assert.Empty(measured.Of("dandelionml.review.oldest_age"));
        Assert.Empty(measured.Of("dandelionml.model.champion_age"));
        Assert.Empty(measured.Of("dandelionml.pipeline.failed"));
    }

    [Fact]
    public async Task Metrics_are_left_out_once_the_state_is_old()
    {
        await using var loop = new TestLoop(time: _time);
        using var measured = new Measurements(loop.Services);
        await ReadAsync(loop);

        _time.AdjustTime(_time.GetUtcNow().AddMinutes(5));
        measured.Observe();

        Assert.Empty(measured.Of("dandelionml.review.pending"));
        Assert.Empty(measured.Of("dandelionml.pipeline.next_run"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task ReadAsync(TestLoop loop) =>
        loop.Get<LoopStateTelemetry>().Keep(await loop.Get<LoopStateReader>().ReadAsync(Token));
}
