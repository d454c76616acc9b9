using DandelionMl.Classification;
using DandelionMl.Drift.Detection;
using DandelionMl.Drift.Explanation;
using DandelionMl.Drift.Watching;
using DandelionMl.Pipelines;
using DandelionMl.Storage;
using DandelionMl.Tests.LearningLoop;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Drift;

/// <summary>The watch beside a model that serves, on the real database.</summary>
public abstract class DriftWatchSuite(TestDatabase database) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 3, 6, 12, 0, 0, TimeSpan.Zero));
    private readonly VectorPhotos _photos = new(seed: 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Photos_that_changed_raise_an_alarm_that_lasts_until_somebody_acknowledges_it()
    {
        await using var process = await OpenTrainedAsync();
        using var measured = new Measurements(process.Get<IServiceProvider>());
        await ServeAsync(process, _photos, 400);
        var usual = Assert.Single(await RecordAsync(process));
        Assert.Equal((1, 400, false), (usual.ModelVersion, usual.Photos, usual.IsNewAlarm));
        Assert.InRange(usual.State.RecentRank!.Value, 0.4, 0.6);

        // Lawns of another planet.
        var elsewhere = new VectorPhotos(seed: 2, distance: 5);
        await ServeAsync(process, elsewhere, 400);
        var drifted = Assert.Single(await RecordAsync(process));

        Assert.True(drifted.IsNewAlarm);
        Assert.Equal(DriftKind.Unfamiliar, drifted.State.Alarm!.Kind);
        var (version, state) = (await process.Get<DriftMonitor>().FindAsync(Token))!;
        Assert.Equal((1, drifted.State.Alarm), (version, state.Alarm));
        process.Get<DriftTelemetry>().Keep(new ServedDrift(version, state));
        measured.Observe();
        Assert.Equal([(1, "dandelionml.model.version=1")], measured.Of("dandelionml.drift.alarm"));
        Assert.Equal([(1, "dandelionml.model.version=1")], measured.Of("dandelionml.drift.evidence"));

        // Until somebody has seen it, no second one.
        await ServeAsync(process, elsewhere, 100);
        Assert.False(Assert.Single(await RecordAsync(process)).IsNewAlarm);
        Assert.True(await process.Get<DriftMonitor>().AcknowledgeAsync("anna", Token));
        Assert.False(await process.Get<DriftMonitor>().AcknowledgeAsync("anna", Token));
        var anew = (await process.Get<DriftMonitor>().FindAsync(Token))!.State;
        Assert.Equal((null, drifted.State.Alarm, "anna"), (anew.Alarm, anew.LastAlarm, anew.AcknowledgedBy));
        await ServeAsync(process, elsewhere, 400);
        Assert.True(Assert.Single(await RecordAsync(process)).IsNewAlarm);
    }

    [Fact]
    public async Task Explanation_tells_which_photos_and_classes()
    {
        await using var process = await OpenTrainedAsync();
        await ServeAsync(process, _photos, 400);
        await RecordAsync(process);
        _time.AdjustTime(_time.GetUtcNow().AddDays(2));
        var elsewhere = new VectorPhotos(seed: 2, distance: 5);
        var strange = Enumerable.Range(0, 400).Select(_ => elsewhere.Draw("grass")).ToList();
        foreach (var photo in strange)
        {
            await process.Classifier.ClassifyAsync(photo, Token);
        }

        var (version, state) = (1, Assert.Single(await RecordAsync(process)).State);
        var explanation = await process.Get<DriftExplainer>().ExplainAsync(version, state, Token);

        Assert.NotNull(explanation);
        Assert.Equal(("2030-03-08", 200), (explanation.FromDay, explanation.Photos));
        Assert.Equal(0.002, explanation.PValue, 9);
        var grass = explanation.Classes[0];
        Assert.Equal(("grass", 1.0), (grass.Label, grass.Share));
        Assert.InRange(grass.HeldOutShare, 0.3, 0.7);
        Assert.InRange(grass.MeanRank!.Value, 0.8, 1);
        Assert.Equal(12, explanation.MostUnlike.Count);
        var hashes = strange.Select(photo => ContentHash.Of(photo)).ToHashSet();
        Assert.All(explanation.MostUnlike, photo => Assert.Contains(photo.Sha256, hashes));
        Assert.All(explanation.MostUnlike, photo => Assert.Null(photo.ImageId));
    }

    [Fact]
    public async Task Photo_that_is_sent_again_counts_once()
    {
        await using var process = await OpenTrainedAsync();
        var photo = _photos.Draw("grass");
        await process.Classifier.ClassifyAsync(photo, Token);
        await process.Classifier.ClassifyAsync(photo, Token);

        Assert.Equal(1, Assert.Single(await RecordAsync(process)).Photos);
    }

    [Fact]
    public async Task Processes_share_one_watch_and_one_sample()
    {
        await using var first = await OpenTrainedAsync();
        await using var second = Open();
        await ServeAsync(first, _photos, 150);
        await ServeAsync(second, _photos, 150);
        await RecordAsync(first);

        Assert.Equal(300, Assert.Single(await RecordAsync(second)).State.Photos);
        var days = await second.Get<DriftMonitor>().ListDaysAsync(7, Token);
        Assert.Equal(["2030-03-06"], days.Select(day => day.Day).Distinct());
        Assert.Equal(300, days.Sum(day => day.Photos));
        Assert.InRange(days.Sum(day => day.ConfidenceSum) / 300, 0.5, 1);
        Assert.Equal(200, (await SampleAsync()).Count);
    }

    [Fact]
    public async Task Classes_named_and_unknown_photos_are_counted_by_day()
    {
        await using var process = await OpenTrainedAsync();
        var elsewhere = new VectorPhotos(seed: 2, distance: 5);
        var answers = new List<Prediction>();
        for (var number = 0; number < 60; number++)
        {
            answers.Add(await process.Classifier.ClassifyAsync((number % 3 == 0 ? elsewhere : _photos).Draw().Photo, Token));
            if (number is 20 or 59)
            {
                await RecordAsync(process);
            }
        }

        var days = await process.Get<DriftMonitor>().ListDaysAsync(7, Token);
        Assert.All(answers, answer => Assert.NotNull(answer.Labels));
        Assert.Contains(answers, answer => answer.IsKnown == false);
        Assert.Equal(
            (answers.Count(answer => answer.Labels!.Count == 1), answers.Count(answer => answer.Labels!.Count > 1), 0, answers.Sum(answer => answer.Labels!.Count)),
            (days.Sum(day => day.OneClass), days.Sum(day => day.SeveralClasses), days.Sum(day => day.NoClasses), days.Sum(day => day.NamedClasses)));
        Assert.Equal(
            (answers.Count(answer => answer.IsKnown == true), answers.Count(answer => answer.IsKnown == false)),
            (days.Sum(day => day.Known), days.Sum(day => day.Unknown)));
    }

    // A version of before could not tell, and is counted as such; a program of before does not count at all.
    [Fact]
    public async Task Photos_of_which_nothing_can_be_told_are_counted_apart_from_those_of_before()
    {
        var opened = database.Open();
        await opened.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "INSERT INTO served_days (day, model_version, label, photos, confidence_sum, ranked, rank_sum) VALUES ('2030-03-06', 1, 'grass', 7, 6, 0, 0)");
                await ServedDayRows.AddAsync(session, ServedDay.Count([Served(_photos.Draw("grass")), Served(_photos.Draw("grass")) with { NamedClasses = 3, IsKnown = false }]));
                return 0;
            },
            Token);

        var day = Assert.Single(await opened.ReadAsync(session => ServedDayRows.ListAsync(session, "2030-03-01"), Token));
        Assert.Equal((9, 0, 1, 1, 3), (day.Photos, day.OneClass, day.SeveralClasses, day.NoClasses, day.NamedClasses));
        Assert.Equal((0, 1), (day.Known, day.Unknown));
    }

    [Fact]
    public async Task Sample_of_a_day_is_the_same_in_whatever_order_photos_come()
    {
        var photos = Enumerable.Range(0, 30).Select(_ => Served(_photos.Draw("grass"))).ToList();
        var opened = database.Open();
        await opened.WriteAsync(async session =>
        {
            foreach (var photo in photos)
            {
                await ServedPhotoRows.OfferAsync(session, [photo], most: 10);
            }

            return 0;
        }, Token);
        var oneByOne = (await SampleAsync()).Select(photo => photo.Sha256).Order().ToList();
        await opened.WriteAsync(session => ServedPhotoRows.DeleteBeforeAsync(session, "2031-01-01"), Token);
        await opened.WriteAsync(async session =>
        {
            await ServedPhotoRows.OfferAsync(session, photos.AsEnumerable().Reverse(), most: 10);
            return 0;
        }, Token);

        Assert.Equal(10, oneByOne.Count);
        Assert.Equal(oneByOne, (await SampleAsync()).Select(photo => photo.Sha256).Order());
    }

    [Fact]
    public async Task What_is_too_old_is_deleted()
    {
        await using var process = await OpenTrainedAsync();
        await ServeAsync(process, _photos, 10);
        await RecordAsync(process);
        _time.AdjustTime(_time.GetUtcNow().AddDays(29));
        await RecordAsync(process);

        Assert.Empty(await SampleAsync());
        Assert.Equal(10, (await process.Get<DriftMonitor>().ListDaysAsync(30, Token)).Sum(day => day.Photos));
        _time.AdjustTime(_time.GetUtcNow().AddDays(380));
        await RecordAsync(process);
        Assert.Empty(await process.Get<DriftMonitor>().ListDaysAsync(1_000, Token));
    }

    [Fact]
    public async Task Photo_that_is_erased_leaves_the_sample()
    {
        var erased = Served(_photos.Draw("grass"));
        var opened = database.Open();
        await opened.WriteAsync(async session =>
        {
            await ServedPhotoRows.OfferAsync(session, [erased, Served(_photos.Draw("grass"))], most: 10);
            return await ServedPhotoRows.DeleteAsync(session, [erased.Sha256]);
        }, Token);

        Assert.DoesNotContain(erased.Sha256, (await SampleAsync()).Select(photo => photo.Sha256));
        Assert.Single(await SampleAsync());
    }

    [Fact]
    public async Task Nothing_is_kept_while_nobody_watches()
    {
        await using var process = await OpenTrainedAsync(isWatched: false);
        await ServeAsync(process, _photos, 3);

        Assert.Empty(await RecordAsync(process));
    }

    [Fact]
    public async Task Watch_records_what_is_left_when_the_application_stops()
    {
        await using var process = await OpenTrainedAsync(isWatched: false);
        using var watch = new DriftWatch(
            process.Get<ServedPhotoQueue>(), process.Get<DriftRecorder>(), process.Get<DriftMonitor>(), process.Get<DriftTelemetry>(),
            new ClassifierOptions(), _time, NullLogger<DriftWatch>.Instance);
        await watch.StartAsync(Token);
        await ServeAsync(process, _photos, 5);
        await watch.StopAsync(Token);

        Assert.Equal(5, (await process.Get<DriftMonitor>().FindAsync(Token))?.State.Photos);
    }

    private static async Task ServeAsync(LoopProcess process, VectorPhotos photos, int count)
    {
        for (; count > 0; count--)
        {
            await process.Classifier.ClassifyAsync(photos.Draw().Photo, Token);
        }
    }

    private static Task<IReadOnlyList<DriftRecord>> RecordAsync(LoopProcess process) => process.Get<DriftRecorder>().RecordAsync(Token);

    private LoopProcess Open(bool isWatched = true)
    {
        var process = new LoopProcess(
            database.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path }), _time,
            options => options.Classifier.DriftBurstInterval = TimeSpan.Zero);
        if (isWatched)
        {
            process.Get<ServedPhotoQueue>().Open();
        }

        return process;
    }

    private async Task<LoopProcess> OpenTrainedAsync(bool isWatched = true)
    {
        var process = Open(isWatched);
        await process.AddTrainingPhotosAsync(Enumerable.Range(0, 600).Select(_ => _photos.Draw()));
        await process.Runs.StartAsync(PipelineIds.Train, "the operator", cancellationToken: Token);
        await process.WorkAsync();
        return process;
    }

    private Task<List<ServedPhoto>> SampleAsync() =>
        database.Open().ReadAsync(session => ServedPhotoRows.ListAsync(session, 1, "2030-01-01", 1_000), Token);

    private ServedPhoto Served(byte[] photo) => new()
    {
        Sha256 = ContentHash.Of(photo),
        ModelVersion = 1,
        Label = "grass",
        Probability = 0.9,
        Rank = null,
        At = _time.GetUtcNow(),
        Embedding = new float[] { 1, 2, 3 },
    };
}
