using DandelionMl.Catalog;
using DandelionMl.Imaging;
using DandelionMl.Labels;
using DandelionMl.Photos;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public abstract class TrainingSetEditorSuite(TestDatabase database) : UploadSuite(database)
{
    private static readonly byte[] Red = [250, 10, 10];
    private static readonly byte[] Green = [10, 250, 10];

    private readonly TemporaryFolder _photos = new();

    public override async ValueTask DisposeAsync()
    {
        _photos.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("grass")]
    [InlineData("<b>rocket salad</b> / 🌱")]
    public async Task RelabelAsync_moves_the_photo_under_its_new_label_and_records_it(string label)
    {
        var stores = Open();
        var id = await IngestAsync(stores, Red);
        Time.Advance(TimeSpan.FromHours(1));

        var outcome = await stores.Editor.RelabelAsync(id, label, "anna", "  looked again ", Token);

        Assert.True(outcome.IsAccepted);
        var key = StorageKeys.Raw(label, ContentHash.Of(Red), ImageFormat.Png);
        Assert.Equal((ImageState.Stored, label, key), (outcome.Photo!.Image.State, outcome.Photo.Image.Label, outcome.Photo.Image.Content!.Key));
        Assert.Equal([key], await stores.KeysAsync());
        Assert.Null((await stores.Search.FindAsync(id, Token))!.Upload);
        Assert.Equal(
            [
                new PhotoEvent { ImageId = id, Action = PhotoAction.Add, At = Time.Start },
                new PhotoEvent
                {
                    ImageId = id,
                    Action = PhotoAction.Relabel,
                    FromLabel = "dandelion",
                    ToLabel = label,
                    Reason = "looked again",
                    Actor = "anna",
                    At = Time.Start.AddHours(1),
                },
            ],
            await stores.Search.ListHistoryAsync(id, Token));
    }

    [Fact]
    public async Task RelabelAsync_to_the_label_it_has_is_refused_and_not_recorded()
    {
        var stores = Open();
        var id = await IngestAsync(stores, Red);

        var outcome = await stores.Editor.RelabelAsync(id, "dandelion", "anna", cancellationToken: Token);

        Assert.Equal((PhotoRefusal.AlreadyLabelled, "dandelion"), (outcome.Refusal, outcome.Photo!.Image.Label));
        Assert.Single(await stores.Search.ListHistoryAsync(id, Token));
    }

    [Fact]
    public async Task SettleLabelAsync_a_kept_label_is_found_until_it_changes()
    {
        var stores = Open();
        var id = await IngestAsync(stores, Red);

        await stores.Editor.SettleLabelAsync(id, "dandelion", "dandelion", "anna", Token);

        Assert.Equal([id], await stores.Database.ReadAsync(PhotoHistory.ListKeptAsync, Token));
        Assert.Equal(PhotoAction.Keep, (await stores.Search.ListHistoryAsync(id, Token))[^1].Action);
        await stores.Editor.RelabelAsync(id, "grass", "anna", cancellationToken: Token);
        Assert.Empty(await stores.Database.ReadAsync(PhotoHistory.ListKeptAsync, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("line\nbreak")]
    public async Task RelabelAsync_to_what_is_no_label_changes_nothing(string label)
    {
        var stores = Open();
        var id = await IngestAsync(stores, Red);

        await Assert.ThrowsAsync<InvalidLabelException>(() => stores.Editor.RelabelAsync(id, label, "anna", cancellationToken: Token));

        Assert.Equal("dandelion", (await stores.Catalog.FindAsync(id, Token))!.Label);
    }

    [Fact]
    public async Task WithdrawAsync_takes_the_photo_out_of_the_next_training_and_leaves_the_model_of_before_its_lineage()
    {
        var stores = Open();
        await IngestColoursAsync(stores, 12);
        var before = await stores.Trainer.TrainAsync(cancellationToken: Token);
        var photo = (await stores.Search.FindAsync(new PhotoFilter { Label = "grass" }, count: 1, cancellationToken: Token))[0].Image;

        await stores.Editor.WithdrawAsync(photo.Id, "blurred", "anna", Token);
        var after = await stores.Trainer.TrainAsync(cancellationToken: Token);

        Assert.Equal((24, 23), (before.Manifest.Images.Count, after.Manifest.Images.Count));
        Assert.DoesNotContain(after.Manifest.Images, image => image.Sha256 == photo.Content!.Sha256);
        var uses = await stores.Registry.FindVersionsOfImageAsync(photo.Content!.Sha256, Token);
        Assert.Equal((1, "grass"), (Assert.Single(uses).Version, uses[0].Label));
        Assert.Contains(photo.Content.Sha256, (await stores.Registry.LoadManifestAsync(1, Token)).Images.Select(image => image.Sha256));

        await stores.Editor.RestoreAsync(photo.Id, "ben", "it is fine", Token);
        await stores.Editor.RelabelAsync(photo.Id, "dandelion", "ben", cancellationToken: Token);
        var restored = await stores.Trainer.TrainAsync(cancellationToken: Token);
        Assert.Equal("dandelion", restored.Manifest.Images.Single(image => image.Sha256 == photo.Content.Sha256).Label);
        Assert.Equal(
            [
                (PhotoAction.Add, null, null),
                (PhotoAction.Withdraw, "anna", "blurred"),
                (PhotoAction.Restore, "ben", "it is fine"),
                (PhotoAction.Relabel, "ben", (string?)null),
            ],
            (await stores.Search.ListHistoryAsync(photo.Id, Token)).Select(item => (item.Action, item.Actor, item.Reason)));
    }

    [Fact]
    public async Task WithdrawAsync_leaves_the_photo_known_to_uploads_and_ingestions_of_the_same_bytes()
    {
        var stores = Open();
        var id = await IngestAsync(stores, Red);
        await stores.Editor.WithdrawAsync(id, "no dandelion", "anna", Token);

        _photos.Write("grass/copy.png", Red);
        var again = await stores.IngestAsync(_photos.Path);

        Assert.Equal((0, 1), (again.New, again.AlreadyKnown));
        Assert.Equal(ImageState.Withdrawn, (await stores.Catalog.FindAsync(id, Token))!.State);
        Assert.Equal(
            [("dandelion", ImageState.Withdrawn), ("grass", ImageState.Duplicate)],
            (await stores.Search.CountByLabelAsync(Token)).Select(item => (item.Label, item.State)));
        var upload = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), cancellationToken: Token);
        Assert.Equal((false, id), (upload.IsNew, upload.ImageId));
        var report = await stores.Reconciler.ReconcileAsync(null, DateTimeOffset.MaxValue, false, Token);
        Assert.Empty(report.Orphans);
        Assert.Single(await stores.KeysAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("\0")]
    public async Task WithdrawAsync_without_a_reason_is_refused(string? reason)
    {
        var stores = Open();
        var id = await IngestAsync(stores, Red);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => stores.Editor.WithdrawAsync(id, reason!, "anna", Token));

        Assert.Equal(ImageState.Stored, (await stores.Catalog.FindAsync(id, Token))!.State);
    }

    [Fact]
    public async Task Changes_that_cant_be_are_refused_and_change_nothing()
    {
        var stores = Open();
        var stored = await IngestAsync(stores, Red);
        var pending = await stores.UploadAsync(Green);

        Assert.Equal(PhotoRefusal.NotFound, (await stores.Editor.RelabelAsync(99, "grass", "anna", cancellationToken: Token)).Refusal);
        Assert.Equal(
            PhotoRefusal.NotInTrainingSet, (await stores.Editor.RelabelAsync(pending, "grass", "anna", cancellationToken: Token)).Refusal);
        Assert.Equal(PhotoRefusal.NotInTrainingSet, (await stores.Editor.WithdrawAsync(pending, "bad", "anna", Token)).Refusal);
        Assert.Equal(PhotoRefusal.NotWithdrawn, (await stores.Editor.RestoreAsync(stored, "anna", cancellationToken: Token)).Refusal);
        await stores.Editor.WithdrawAsync(stored, "bad", "anna", Token);
        Assert.Equal(PhotoRefusal.AlreadyWithdrawn, (await stores.Editor.WithdrawAsync(stored, "bad", "ben", Token)).Refusal);
        Assert.Equal(
            PhotoRefusal.AlreadyWithdrawn, (await stores.Editor.RelabelAsync(stored, "grass", "ben", cancellationToken: Token)).Refusal);

        var history = await stores.Search.ListHistoryAsync(stored, Token);
        Assert.Equal([PhotoAction.Add, PhotoAction.Withdraw], history.Select(item => item.Action));
        Assert.Equal(ImageState.Pending, (await stores.Catalog.FindAsync(pending, Token))!.State);
    }

    [Fact]
    public async Task History_of_an_upload_has_review_retraining_and_curation()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Unusable), "anna", Token);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Undo), "anna", Token);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Correct, "grass"), "anna", Token);
        await stores.Validated.ClaimAsync("run 7", Token);
        await stores.TrainingSet.MoveAsync(Token);
        await stores.Editor.RelabelAsync(id, "dandelion", "ben", cancellationToken: Token);

        var history = await stores.Search.ListHistoryAsync(id, Token);

        Assert.Equal("grass", history[3].ToLabel);
        Assert.Equal(7, (await stores.Search.FindAsync(id, Token))!.Upload!.ModelVersion);
        Assert.Equal(
            [
                (PhotoAction.Add, null), (PhotoAction.Unusable, "anna"), (PhotoAction.Undo, "anna"), (PhotoAction.Correct, "anna"),
                (PhotoAction.Take, "run 7"), (PhotoAction.Relabel, (string?)"ben"),
            ],
            history.Select(item => (item.Action, item.Actor)));
        Assert.Equal(PhotoRefusal.AlreadyTaken, (await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Undo), "anna", Token)).Refusal);
    }

    [Fact]
    public async Task Changes_of_several_at_once_are_each_made_and_recorded_or_refused()
    {
        UploadStores[] processes = [Open(), Open()];
        var id = await IngestAsync(processes[0], Red);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(() => (number % 3) switch
        {
            0 => processes[number % 2].Editor.RelabelAsync(id, $"label {number}", "anna", cancellationToken: Token),
            1 => processes[number % 2].Editor.WithdrawAsync(id, "why not", "ben", Token),
            _ => processes[number % 2].Editor.RestoreAsync(id, "carl", cancellationToken: Token),
        })));

        var details = (await processes[0].Search.FindAsync(id, Token))!;
        var changes = (await processes[0].Search.ListHistoryAsync(id, Token)).Skip(1).ToList();
        Assert.Equal(outcomes.Count(outcome => outcome.IsAccepted), changes.Count);
        var label = "dandelion";
        var isWithdrawn = false;
        foreach (var change in changes)
        {
            Assert.Equal(label, change.FromLabel);
            Assert.Equal(change.Action == PhotoAction.Restore, isWithdrawn);
            (label, isWithdrawn) = (change.ToLabel!, change.Action == PhotoAction.Withdraw);
        }

        Assert.Equal((label, isWithdrawn), (details.Image.Label, details.Image.State == ImageState.Withdrawn));
        var key = Assert.Single(await processes[0].KeysAsync());
        Assert.Equal(key, details.Image.Content!.Key);
    }

    [Fact]
    public async Task RelabelAsync_while_the_store_is_away_stands_and_the_reconciler_moves_the_photo()
    {
        var stores = Open();
        var id = await IngestAsync(stores, Red);

        var outcome = await Open(decorate: store => new NoCopies(store)).Editor.RelabelAsync(id, "grass", "anna", cancellationToken: Token);

        Assert.Equal((true, "grass"), (outcome.IsAccepted, outcome.Photo!.Image.Label));
        Assert.StartsWith("raw/dandelion/", Assert.Single(await stores.KeysAsync()), StringComparison.Ordinal);
        Assert.Single((await stores.Reconciler.ReconcileAsync(cancellationToken: Token)).Misplaced);
        Assert.StartsWith("raw/grass/", Assert.Single(await stores.KeysAsync()), StringComparison.Ordinal);
    }

    private async Task<long> IngestAsync(UploadStores stores, byte[] photo)
    {
        _photos.Write("dandelion/photo.png", photo);
        await stores.IngestAsync(_photos.Path);
        return (await stores.Catalog.FindBySha256Async(ContentHash.Of(photo), Token))!.Id;
    }

    private async Task IngestColoursAsync(UploadStores stores, int perClass)
    {
        for (var number = 0; number < perClass; number++)
        {
            _photos.Write($"dandelion/{number}.png", [(byte)(240 - number), 10, (byte)(number * 5)]);
            _photos.Write($"grass/{number}.png", [10, (byte)(240 - number), (byte)(number * 5)]);
        }

        await stores.IngestAsync(_photos.Path);
    }

    private sealed class NoCopies(IImageStore inner) : StoreDecorator(inner)
    {
        public override Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default) =>
            throw new StorageUnavailableException("The store does not answer.");
    }
}
