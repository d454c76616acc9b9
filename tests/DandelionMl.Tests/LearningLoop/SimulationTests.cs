using DandelionMl.Catalog;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.LearningLoop;

/// <summary>Ten weeks of the whole loop on the real components, by a clock of the test's: uploads, a reviewer, Saturdays.</summary>
public sealed class SimulationTests : IAsyncDisposable
{
    private const int Weeks = 10;
    private const double ReviewerIsRight = 0.98;

    private readonly SqliteFile _file = new();
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2025, 1, 6, 9, 0, 0, TimeSpan.Zero)); // A Monday.
    private readonly Dictionary<string, string> _truth = new(StringComparer.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Loop_retrains_on_saturdays_and_never_gets_worse_than_the_gate_allows(int seed)
    {
        var photos = new VectorPhotos(seed);
        await using var process = Open();
        await process.AddTrainingPhotosAsync(Enumerable.Range(0, 300).Select(_ => photos.Draw()));
        await process.Runs.StartAsync(PipelineIds.Train, "the operator", cancellationToken: Token);
        await process.WorkAsync();
        Assert.Equal(1, (await process.Registry.GetChampionAsync(Token))?.Version);

        // Never seen by anyone: what users would find.
        var heldOut = Enumerable.Range(0, 2_000).Select(_ => photos.Draw()).ToList();
        var accuracies = new List<double> { await process.MeasureAsync(heldOut) };
        for (var day = 0; day < 7 * Weeks; day++)
        {
            await UploadAndReviewAsync(process, photos, perDay: day / 7 % 3 == 2 ? 1 : 6);
            var before = await process.Validated.CountNewAsync(Token);
            var runs = (await process.Runs.ListAsync(PipelineIds.Retrain, cancellationToken: Token)).Runs.Count;
            await PassTheNightAsync(process);

            var retrainings = (await process.Runs.ListAsync(PipelineIds.Retrain, cancellationToken: Token)).Runs;
            var isSaturday = _time.GetUtcNow().DayOfWeek == DayOfWeek.Saturday;
            Assert.Equal(isSaturday ? runs + 1 : runs, retrainings.Count);
            if (isSaturday)
            {
                await CheckRetrainingAsync(process, retrainings[0], before.Values.Sum());
                accuracies.Add(await process.MeasureAsync(heldOut));
            }
        }

        AssertNeverMuchWorse(accuracies);
        await CheckWatermarksAsync(process);
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LoopProcess Open() =>
        new(_file.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path }), _time);

    private async Task UploadAndReviewAsync(LoopProcess process, VectorPhotos photos, int perDay)
    {
        for (var upload = photos.Next(perDay + 1); upload > 0; upload--)
        {
            var (label, photo) = photos.Draw();
            _truth[ContentHash.Of(photo)] = label;
            await process.UploadAsync(photo);
        }

        // A reviewer with little time: some of the photos wait for another day.
        foreach (var photo in await process.Desk.TakeAsync("anna", 4, cancellationToken: Token))
        {
            var truth = _truth[photo.Image.Content!.Sha256];
            var label = photos.Chance(ReviewerIsRight) ? truth : VectorPhotos.Labels.Single(other => other != truth);
            await process.Desk.DecideAsync(new ReviewDecision(photo.Image.Id, PhotoAction.Correct, label), "anna", Token);
        }
    }

    private async Task PassTheNightAsync(LoopProcess process)
    {
        var midnight = _time.GetUtcNow().Date.AddDays(1);
        _time.SetUtcNow(new DateTimeOffset(midnight, TimeSpan.Zero).AddMinutes(1));
        await process.Scheduler.CheckAsync(Token);
        await process.WorkAsync();
        _time.Advance(TimeSpan.FromHours(9));
    }

    private static async Task CheckRetrainingAsync(LoopProcess process, PipelineRun retraining, int newPhotos)
    {
        if (newPhotos < new RetrainPolicyOptions().MinimumNewImages)
        {
            Assert.Equal(PipelineState.Skipped, retraining.State);
            Assert.Equal($"{newPhotos} new photos, 10 needed", retraining.Reason);
            return;
        }

        Assert.Equal(PipelineState.Succeeded, retraining.State);
        Assert.Equal(newPhotos, (int?)retraining.Steps[1].Output["photos"]);
        Assert.NotNull(retraining.Steps[1].Output["batch"]);
        Assert.Empty(await process.Validated.CountNewAsync(Token));
        var training = (await process.Runs.ListAsync(PipelineIds.Train, cancellationToken: Token)).Runs[0];
        Assert.Equal((PipelineState.Succeeded, retraining.Id), (training.State, training.Triggers.Single().SourceRunId));

        // Every retraining ends in a verdict: the newest version is served or was refused.
        var newest = (await process.Registry.ListAsync(Token))[0];
        Assert.Contains(newest.State, new[] { ModelState.Champion, ModelState.Rejected });
        Assert.NotNull(newest.Verdict);
    }

    private static void AssertNeverMuchWorse(List<double> accuracies)
    {
        // What the gate lets a tie lose, and as much again for what its 90 test images can't tell.
        foreach (var (before, after) in accuracies.Zip(accuracies.Skip(1)))
        {
            Assert.InRange(after, before - 0.06, 1);
        }

        Assert.InRange(accuracies[^1], accuracies[0] - 0.03, 1);
    }

    private static async Task CheckWatermarksAsync(LoopProcess process)
    {
        var photos = new List<Photo>();
        foreach (var state in new[] { ImageState.Pending, ImageState.Validated, ImageState.Stored })
        {
            photos.AddRange(await process.Search.FindAsync(new PhotoFilter { State = state, IsUpload = true }, count: 1_000, cancellationToken: Token));
        }

        Assert.All(photos, photo => Assert.Equal(photo.Image.State == ImageState.Stored, photo.Upload!.Watermark is not null));
        var watermarks = photos.Where(photo => photo.Upload!.Watermark is not null).CountBy(photo => photo.Upload!.Watermark!.Value).ToList();
        Assert.All(watermarks, watermark => Assert.InRange(watermark.Value, 10, 100));

        // Weeks with few uploads were skipped, the others were not; what the last run did not take is counted for the next.
        var retrainings = (await process.Runs.ListAsync(PipelineIds.Retrain, cancellationToken: Token)).Runs;
        Assert.Equal(Weeks, retrainings.Count);
        Assert.Contains(retrainings, run => run.State == PipelineState.Skipped);
        Assert.Equal(watermarks.Count, retrainings.Count(run => run.State == PipelineState.Succeeded));
        Assert.Equal(
            photos.Count(photo => photo.Image.State == ImageState.Validated), (await process.Validated.CountNewAsync(Token)).Values.Sum());
    }
}
