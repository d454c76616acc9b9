using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Shadowing;
using DandelionMl.Storage;
using DandelionMl.Tests.LearningLoop;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Shadowing;

/// <summary>A shadow beside a model that serves, on the real database. Version 1 is the champion, version 2 is it again, version 3 always says the
/// other class.</summary>
public abstract class ShadowSuite(TestDatabase database) : IAsyncLifetime
{
    private const int Same = 2;
    private const int Opposite = 3;

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
    public async Task Each_answer_is_compared_once_while_champion_and_shadow_are_swapped()
    {
        const int Requests = 1_000;
        await using var process = await OpenTrainedAsync();
        using var measured = new Measurements(process.Get<IServiceProvider>());
        using var watch = Watch(process);
        await StartAsync(process, Opposite);
        await watch.LookAsync(Token);

        // Several requests at a time, and none waits while another version takes over.
        var answers = new List<Task<Prediction>>();
        for (var request = 0; request < Requests; request++)
        {
            answers.Add(process.Classifier.ClassifyAsync(_photos.Draw().Photo, Token));
            if (request % 100 == 50)
            {
                await StartAsync(process, request % 200 == 50 ? Opposite : 4);
                await watch.LookAsync(Token);
            }
            else if (request % 100 == 99)
            {
                await process.Registry.PromoteAsync(request % 200 == 99 ? Same : 1, "a test", "anna", cancellationToken: Token);
                await process.Classifier.ReloadAsync(Token);
            }
            else if (request % 25 == 10)
            {
                await Task.WhenAll(answers);
            }
        }

        var given = await Task.WhenAll(answers);
        await watch.LookAsync(Token);

        var counts = new List<ShadowCount>();
        foreach (var (champion, shadow) in new[] { (1, Opposite), (1, 4), (Same, Opposite), (Same, 4) })
        {
            var pair = await CountAsync(champion, shadow);
            Assert.NotEmpty(pair);
            counts.AddRange(pair);
        }

        Assert.Equal(Requests, counts.Sum(count => count.Answers));
        Assert.All(counts, count => Assert.False(count.IsAgreed));
        foreach (var champion in (int[])[1, Same])
        {
            Assert.Equal(given.Count(answer => answer.ModelVersion == champion), counts.Where(count => count.ChampionVersion == champion).Sum(count => count.Answers));
        }

        Assert.Equal(Requests, measured.Of("dandelionml.shadow.predictions").Sum(item => item.Value));
        Assert.All(measured.Of("dandelionml.shadow.predictions"), item => Assert.Equal("dandelionml.shadow.agreement=differs", item.Tags));
    }

    [Fact]
    public async Task Shadow_that_is_the_champion_again_agrees_and_changes_no_answer()
    {
        await using var process = await OpenTrainedAsync();
        using var watch = Watch(process);
        var photos = Enumerable.Range(0, 20).Select(_ => _photos.Draw().Photo).ToList();
        var before = await ClassifyAsync(process, photos);
        await StartAsync(process, Same);
        await watch.LookAsync(Token);
        Assert.Equal(before, await ClassifyAsync(process, photos));
        await watch.LookAsync(Token);

        var report = (await process.Get<ShadowReader>().FindAsync(Token))!;
        Assert.Equal((Same, 1, 20L, 20L, 1.0, "anna", null), (
            report.ShadowVersion, report.ChampionVersion, report.Compared, report.Agreed, report.AgreementShare!.Value, report.StartedBy, report.Failure));
        Assert.Equal(_time.GetUtcNow(), report.Since);
        Assert.Equal(20, report.Classes.Sum(item => item.Answers));
        Assert.All(report.Classes, item => Assert.Equal(item.Champion, item.Shadow));
    }

    [Fact]
    public async Task Processes_take_the_shadow_from_the_database_and_add_to_the_same_counts()
    {
        await using var first = await OpenTrainedAsync();
        await using var second = Open();
        using var firstWatch = Watch(first);
        using var secondWatch = Watch(second);
        await StartAsync(first, Same);
        await firstWatch.LookAsync(Token);
        await secondWatch.LookAsync(Token);
        await ClassifyAsync(first, [_photos.Draw("grass")]);
        await ClassifyAsync(second, [_photos.Draw("grass"), _photos.Draw("grass")]);
        await firstWatch.LookAsync(Token);
        await secondWatch.LookAsync(Token);
        Assert.Equal(3, (await CountAsync(1, Same)).Sum(count => count.Answers));

        Assert.Equal(Same, await second.Get<ShadowSwitch>().StopAsync(Token));
        Assert.Null(await second.Get<ShadowSwitch>().StopAsync(Token));
        await firstWatch.LookAsync(Token);
        Assert.Null(first.Get<ShadowQueue>().Version);
        Assert.Null(await first.Get<ShadowReader>().FindAsync(Token));
        await ClassifyAsync(first, [_photos.Draw("grass")]);
        await firstWatch.LookAsync(Token);
        Assert.Equal(3, (await CountAsync(1, Same)).Sum(count => count.Answers));
    }

    [Fact]
    public async Task Watch_runs_a_shadow_by_itself_and_counts_what_is_left_when_the_application_stops()
    {
        await using var process = await OpenTrainedAsync();
        var queue = process.Get<ShadowQueue>();
        using var watch = Watch(process);
        await StartAsync(process, Same);
        await watch.StartAsync(Token);
        await Eventually.IsAsync(() => Task.FromResult(queue.Version == Same));
        await StartAsync(process, Opposite);
        await Eventually.IsAsync(() => Task.FromResult(queue.Version == Opposite));

        await ClassifyAsync(process, [_photos.Draw("grass")]);
        await watch.StopAsync(Token);

        Assert.Equal(1, (await CountAsync(1, Opposite)).Sum(count => count.Answers));
    }

    [Fact]
    public async Task Shadow_ends_when_it_becomes_the_champion()
    {
        await using var process = await OpenTrainedAsync();
        using var watch = Watch(process);
        await StartAsync(process, Same);
        await watch.LookAsync(Token);
        await process.Registry.PromoteAsync(Same, "a test", "anna", cancellationToken: Token);
        await process.Classifier.ReloadAsync(Token);

        // Before anybody has looked, the champion is not compared with itself.
        await ClassifyAsync(process, [_photos.Draw("grass")]);
        await watch.LookAsync(Token);

        Assert.Null(process.Get<ShadowQueue>().Version);
        Assert.Empty(await CountAsync(Same, Same));
        await process.Registry.PromoteAsync(1, "a test", "anna", cancellationToken: Token);
        Assert.Null(await process.Get<ShadowSwitch>().FindAsync(Token));
    }

    [Fact]
    public async Task Shadow_ends_when_its_version_is_deleted_or_the_champions_weights_change()
    {
        await using var process = await OpenTrainedAsync();
        await StartAsync(process, Same);
        await SetAsync("DELETE FROM model_manifest_images WHERE version = 2; DELETE FROM model_events WHERE version = 2; DELETE FROM model_versions WHERE version = 2");
        Assert.Null(await process.Get<ShadowSwitch>().FindAsync(Token));

        await StartAsync(process, Opposite);
        Assert.NotNull(await process.Get<ShadowSwitch>().FindAsync(Token));
        await SetAsync("UPDATE model_versions SET backbone_sha256 = 'of other weights' WHERE version = 1");
        Assert.Null(await process.Get<ShadowSwitch>().FindAsync(Token));
        Assert.Contains("of other weights", (await RefusedAsync(process, Opposite)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_shadow_is_told_and_the_champion_serves_on()
    {
        await using var process = await OpenTrainedAsync();
        var log = new Lines();
        using var watch = Watch(process, log);
        await StartAsync(process, Same);
        var version = (await process.Registry.FindAsync(Same, Token))!;
        await process.Get<PairedImageStore>().DeleteAsync(version.ArtifactKey, Token);
        await watch.LookAsync(Token);
        await watch.LookAsync(Token);

        Assert.Contains(version.ArtifactKey, Assert.Single(log.Written), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(await ClassifyAsync(process, [_photos.Draw("grass")])).ModelVersion);
        Assert.Null(process.Get<ShadowQueue>().Version);
        var report = (await process.Get<ShadowReader>().FindAsync(Token))!;
        Assert.Equal((Same, 0L, null), (report.ShadowVersion, report.Compared, report.AgreementShare));
        Assert.Contains(version.ArtifactKey, report.Failure, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => StartAsync(process, Same));
    }

    [Fact]
    public async Task Versions_that_can_be_no_shadow_are_refused()
    {
        await using var empty = Open();
        await Assert.ThrowsAsync<ModelNotFoundException>(() => StartAsync(empty, 1));
        await using var process = await OpenTrainedAsync();
        await Assert.ThrowsAsync<ModelNotFoundException>(() => StartAsync(process, 99));
        Assert.Contains("is the champion", (await RefusedAsync(process, 1)).Message, StringComparison.Ordinal);
        await SetAsync("UPDATE model_versions SET state = 'archived' WHERE version = 1");
        Assert.Contains("no champion", (await RefusedAsync(process, Same)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_again_goes_on_and_another_version_takes_its_place()
    {
        await using var process = await OpenTrainedAsync();
        var started = await StartAsync(process, Same);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(started, await StartAsync(process, Same));
        Assert.Equal(new ShadowSetting(Opposite, _time.GetUtcNow(), "anna"), await StartAsync(process, Opposite));
    }

    [Fact]
    public async Task Reviewed_photos_on_which_the_two_differ_tell_which_is_better()
    {
        await using var process = await OpenTrainedAsync();
        using var watch = Watch(process);
        await StartAsync(process, Opposite);
        await watch.LookAsync(Token);
        var kept = new List<(long Id, string Champion)>();
        while (kept.Count < 24)
        {
            var photo = _photos.Draw().Photo;
            if (await process.UploadAsync(photo) is { IsNew: true } upload)
            {
                kept.Add((upload.ImageId, (await process.Classifier.ClassifyAsync(photo, Token)).Label));
            }
        }

        Assert.Equal(24, await ScalarAsync("SELECT COUNT(*) FROM uploads WHERE shadow_version = 3 AND shadow_label <> predicted_label"));
        var open = (await process.Get<ShadowReader>().FindAsync(Token))!;
        Assert.Equal((PairedEvidence.Of([]), true), (open.Reviewed, open.Summary.Contains("can't be told yet", StringComparison.Ordinal)));

        // The champion is wrong on all but one; of those one is of neither class, one shows nothing, and one is of a third class.
        await DecideAsync(process, kept[0].Id, PhotoAction.Confirm);
        await DecideAsync(process, kept[1].Id, PhotoAction.NoneOfThese);
        await DecideAsync(process, kept[2].Id, PhotoAction.Unusable);
        await DecideAsync(process, kept[3].Id, PhotoAction.Correct, "moss");
        foreach (var (id, champion) in kept.Skip(4))
        {
            await DecideAsync(process, id, PhotoAction.Correct, VectorPhotos.Labels.Single(label => label != champion));
        }

        var report = (await process.Get<ShadowReader>().FindAsync(Token))!;
        Assert.Equal((20, 1, 2, PairedVerdict.Better), (report.Reviewed.Won, report.Reviewed.Lost, report.Reviewed.BothWrong, report.Reviewed.Verdict));
        Assert.Contains("Version 3 is right more often than version 1", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Photos_on_which_the_two_differ_come_first_in_the_review_while_the_shadow_runs()
    {
        await using var process = await OpenTrainedAsync(randomShare: 0);
        using var watch = Watch(process);
        foreach (var _ in Enumerable.Range(0, 10))
        {
            await process.UploadAsync(_photos.Draw("grass"));
        }

        await StartAsync(process, Opposite);
        await watch.LookAsync(Token);
        var contested = new List<long>();
        while (contested.Count < 3)
        {
            if (await process.UploadAsync(_photos.Draw("grass")) is { IsNew: true } upload)
            {
                contested.Add(upload.ImageId);
            }
        }

        Assert.Equal(contested, (await process.Desk.TakeAsync("anna", 3, cancellationToken: Token)).Select(photo => photo.Image.Id).Order());
        await process.Desk.ReleaseAsync("anna", cancellationToken: Token);
        var taken = (await process.Desk.TakeAsync("anna", 13, cancellationToken: Token)).Select(photo => photo.Image.Id).ToList();
        Assert.Equal(13, taken.Count);
        Assert.Equal(contested, taken.Take(3).Order());
        await process.Desk.ReleaseAsync("anna", cancellationToken: Token);

        await process.Get<ShadowSwitch>().StopAsync(Token);
        await watch.LookAsync(Token);
        Assert.NotEqual(contested, (await process.Desk.TakeAsync("anna", 3, cancellationToken: Token)).Select(photo => photo.Image.Id).Order());
    }

    [Fact]
    public async Task Without_a_shadow_photos_are_kept_as_ever()
    {
        await using var process = await OpenTrainedAsync();
        await process.UploadAsync(_photos.Draw("grass"));

        Assert.Equal(1, await ScalarAsync("SELECT COUNT(*) FROM uploads WHERE shadow_version IS NULL AND shadow_label IS NULL"));
    }

    private static Task<ShadowSetting> StartAsync(LoopProcess process, int version) => process.Get<ShadowSwitch>().StartAsync(version, "anna", Token);

    private static Task<ShadowRefusedException> RefusedAsync(LoopProcess process, int version) =>
        Assert.ThrowsAsync<ShadowRefusedException>(() => StartAsync(process, version));

    private static async Task<List<Prediction>> ClassifyAsync(LoopProcess process, IEnumerable<byte[]> photos)
    {
        var answers = new List<Prediction>();
        foreach (var photo in photos)
        {
            answers.Add(await process.Classifier.ClassifyAsync(photo, Token));
        }

        return answers;
    }

    private async Task DecideAsync(LoopProcess process, long id, PhotoAction action, string? label = null)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await process.Desk.DecideAsync(new ReviewDecision(id, action, label), "anna", Token)).Refusal);
    }

    private ShadowWatch Watch(LoopProcess process, ILogger<ShadowWatch>? log = null) => new(
        process.Get<ShadowQueue>(), process.Get<ShadowSwitch>(), process.Get<ShadowRecorder>(), process.Get<Database>(), process.Get<FirstLook>(),
        new ClassifierOptions(), _time, log ?? NullLogger<ShadowWatch>.Instance);

    private Task<List<ShadowCount>> CountAsync(int champion, int shadow) =>
        database.Open().ReadAsync(session => ShadowRows.ListAsync(session, champion, shadow), Token);

    private Task<long> ScalarAsync(string sql) => database.Open().ReadAsync(session => session.ScalarAsync<long>(sql), Token);

    private Task<int> SetAsync(string sql) => database.Open().WriteAsync(session => session.ExecuteAsync(sql), Token);

    private LoopProcess Open(double randomShare = 0.2) => new(
        database.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path }), _time, options => options.Review.RandomShare = randomShare);

    private async Task<LoopProcess> OpenTrainedAsync(double randomShare = 0.2)
    {
        var process = Open(randomShare);
        await process.AddTrainingPhotosAsync(Enumerable.Range(0, 200).Select(_ => _photos.Draw()));
        await process.Runs.StartAsync(PipelineIds.Train, "the operator", cancellationToken: Token);
        await process.WorkAsync();
        var champion = (await process.Registry.GetChampionAsync(Token))!;
        var artifact = await process.Registry.LoadArtifactAsync(champion.Version, Token);
        var opposite = artifact with { Weights = [.. artifact.Weights.Select(value => -value)], Bias = [.. artifact.Bias.Select(value => -value)] };
        foreach (var head in (ModelArtifact[])[artifact, opposite, opposite])
        {
            await process.Registry.RegisterAsync(
                new ModelRegistration(head, await process.Registry.LoadManifestAsync(champion.Version, Token), champion.Options, champion.Metrics), Token);
        }

        return process;
    }

    /// <summary>What was written to the log.</summary>
    private sealed class Lines : ILogger<ShadowWatch>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
