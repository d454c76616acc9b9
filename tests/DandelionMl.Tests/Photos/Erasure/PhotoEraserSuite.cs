using DandelionMl.Catalog;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public abstract class PhotoEraserSuite(TestDatabase database) : UploadSuite(database)
{
    protected static readonly byte[] Red = [250, 10, 10];
    private static readonly byte[] Green = [10, 250, 10];

    private readonly TemporaryFolder _photos = new();

    public override async ValueTask DisposeAsync()
    {
        _photos.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(ImageState.Registered)]
    [InlineData(ImageState.Pending)]
    [InlineData(ImageState.Validated)]
    [InlineData(ImageState.Rejected)]
    [InlineData(ImageState.Stored)]
    [InlineData(ImageState.Withdrawn)]
    public async Task EraseAsync_photo_in_any_state_leaves_its_row_and_who_erased_it(ImageState state)
    {
        var stores = Open();
        var id = await BringAsync(stores, state);
        await stores.UploadAsync(Green);
        Time.Advance(TimeSpan.FromHours(1));

        var outcome = await stores.Eraser.EraseAsync(id, "anna", " asked by mail ", Token);

        Assert.True(outcome.IsAccepted);
        Assert.Equal((ImageState.Erased, null), (outcome.Photo!.Image.State, outcome.Photo.Image.Content));
        Assert.Null(outcome.Photo.Upload?.FileName);
        Assert.Equal([StorageKeys.Pending(ContentHash.Of(Green), ImageFormat.Png)], await stores.KeysAsync(""));
        Assert.Equal(1, await stores.Embeddings.CountAsync(UploadStores.Predict(Red).Backbone!.Space, Token));
        Assert.Equal(
            [
                new PhotoEvent { ImageId = id, Action = PhotoAction.Add, At = Time.Start, ToLabel = outcome.Photo.Upload?.PredictedLabel },
                new PhotoEvent
                {
                    ImageId = id, Action = PhotoAction.Erase, FromLabel = outcome.Photo.Image.Label, ToLabel = outcome.Photo.Image.Label,
                    Reason = "asked by mail", Actor = "anna", At = Time.Start.AddHours(1),
                },
            ],
            await stores.Search.ListHistoryAsync(id, Token));
        Assert.Empty(await stores.Search.FindAsync(new PhotoFilter { IsHere = true, Label = "erase me" }, cancellationToken: Token));
        Assert.Equal(PhotoRefusal.AlreadyErased, (await stores.Eraser.EraseAsync(id, "anna", cancellationToken: Token)).Refusal);
        Assert.False((await stores.Editor.RestoreAsync(id, "anna", cancellationToken: Token)).IsAccepted);
        Assert.Empty((await stores.Reconciler.ReconcileAsync(false, cancellationToken: Token)).LostImages);
    }

    [Fact]
    public async Task ReconcileAsync_deletes_an_embedding_that_a_training_kept_after_the_erasure()
    {
        var stores = Open();
        var id = await BringAsync(stores, ImageState.Stored);
        var (space, hash) = (UploadStores.Predict(Red).Backbone!.Space, ContentHash.Of(Red));
        var vector = (await stores.Embeddings.GetAsync(space, [hash], Token))[hash];
        await stores.Eraser.EraseAsync(id, "anna", cancellationToken: Token);
        await stores.Embeddings.PutAsync(space, [new(hash, vector)], Token);

        await stores.Reconciler.ReconcileAsync(false, cancellationToken: Token);

        Assert.Equal(0, await stores.Embeddings.CountAsync(space, Token));
    }

    [Fact]
    public async Task EraseBytesAsync_finds_a_photo_by_what_is_kept_of_it_and_by_what_it_came_with()
    {
        var stores = Open();
        var id = await BringAsync(stores, ImageState.Validated);
        await stores.Database.WriteAsync(session => UploadRows.KeepOriginalAsync(session, id, ContentHash.Of(Green), null), Token);
        var none = await stores.Editor.EraseBytesAsync(new string('a', 64), "anna", cancellationToken: Token);
        Assert.Equal((0L, PhotoRefusal.NotFound), (none.ImageId, none.Refusal));
        await Assert.ThrowsAsync<ArgumentException>(() => stores.Editor.EraseBytesAsync("abc", "anna", cancellationToken: Token));

        var outcome = await stores.Editor.EraseBytesAsync(ContentHash.Of(Green), "anna", "asked by mail", Token);

        Assert.Equal((id, null, ImageState.Erased), (outcome.ImageId, outcome.Refusal, outcome.Photo!.Image.State));
        var done = (await stores.Search.ListHistoryAsync(id, Token))[^1];
        Assert.Equal(("anna", "asked by mail"), (done.Actor, done.Reason));
        Assert.Equal(PhotoRefusal.AlreadyErased, (await stores.Editor.EraseBytesAsync(ContentHash.Of(Red), "anna", cancellationToken: Token)).Refusal);
        Assert.Empty(await stores.KeysAsync(""));
    }

    [Fact]
    public async Task EraseAsync_versions_that_learned_from_the_photo_say_so_and_the_next_is_without_it()
    {
        var stores = Open();
        await TestStores.AddColoursAsync(stores.Store, stores.Catalog, 20, ("green", 1), ("red", 0));
        var first = await stores.Trainer.TrainAsync(cancellationToken: Token);
        var erased = new ErasedTrainingPhotos(stores.Database);
        Assert.Empty(await erased.CountAsync(Token));

        var test = first.Manifest.Images.First(image => image.Split == DataSplit.Test).Sha256;
        await stores.Editor.EraseBytesAsync(test, "anna", cancellationToken: Token);
        Assert.Empty(await erased.CountAsync(Token));
        string[] learned = [.. first.Manifest.Images.Where(image => image.Split == DataSplit.Train).Take(2).Select(image => image.Sha256)];
        foreach (var hash in learned)
        {
            await stores.Editor.EraseBytesAsync(hash, "anna", cancellationToken: Token);
        }

        var second = await stores.Trainer.TrainAsync(cancellationToken: Token);

        Assert.Equal([new(first.Version.Version, 2)], await erased.CountAsync(Token));
        Assert.DoesNotContain(second.Manifest.Images, image => image.Sha256 == test || learned.Contains(image.Sha256));
        Assert.Equal(first.Manifest.Images.Count - 3, second.Manifest.Images.Count);
    }

    [Fact]
    public async Task EraseAsync_killed_at_any_step_on_the_store_and_run_again_ends_erased()
    {
        var stores = Open();
        var last = false;
        for (var step = 0; !last; step++)
        {
            foreach (var isCarriedOut in (bool[])[false, true])
            {
                byte[] photo = [(byte)(100 + step), isCarriedOut ? (byte)1 : (byte)0, 10];
                var submission = await stores.Intake.SubmitAsync(photo, UploadStores.Predict(photo), "me.jpg", Token);
                var key = (await stores.Catalog.FindAsync(submission.ImageId, Token))!.Content!.Key;
                await stores.Store.CopyAsync(key, "aside/2025-03-01/" + key, Token);
                var crash = new CrashSwitch(step, isCarriedOut);
                var dying = Open(decorate: store => new CrashingStore(store, crash));
                try
                {
                    // The sender's way and the administrators' end the same.
                    await EraseAsync(dying, submission, isCarriedOut);
                    last = true;
                }
                catch (SimulatedCrashException)
                {
                    Assert.NotEmpty(await stores.Eraser.ListUnfinishedAsync(Token));
                }

                await EraseAsync(stores, submission, isCarriedOut);

                Assert.Empty(await stores.KeysAsync(""));
                Assert.Equal(0, await stores.Embeddings.CountAsync(UploadStores.Predict(photo).Backbone!.Space, Token));
                Assert.Empty(await stores.Eraser.ListUnfinishedAsync(Token));
                Assert.Single(await stores.Search.ListHistoryAsync(submission.ImageId, Token), item => item.Action == PhotoAction.Erase);
            }
        }
    }

    [Fact]
    public async Task EraseAsync_unknown_photo_is_refused() =>
        Assert.Equal(PhotoRefusal.NotFound, (await Open().Eraser.EraseAsync(7, "anna", cancellationToken: Token)).Refusal);

    [Fact]
    public async Task EraseAsync_the_same_bytes_never_come_back()
    {
        var stores = Open();
        var id = await BringAsync(stores, ImageState.Stored);
        await stores.Eraser.EraseAsync(id, "anna", cancellationToken: Token);

        var upload = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), cancellationToken: Token);
        Assert.Equal((false, ImageState.Erased), (upload.IsNew, upload.Twin!.Photo.Image.State));
        var again = await stores.IngestAsync(_photos.Path);
        Assert.Equal((0, 1, 0), (again.New, again.AlreadyKnown, again.Failures.Count));

        _photos.Write("grass/copy.png", Red);
        var copy = await stores.IngestAsync(_photos.Path);
        Assert.Equal((0, 1, 0), (copy.New, copy.AlreadyKnown, copy.Duplicates.Count));
        Assert.Contains("was erased", Assert.Single(copy.Failures).Reason, StringComparison.Ordinal);
        Assert.Empty(await stores.KeysAsync(""));
        Assert.Equal(0, await stores.Embeddings.CountAsync(UploadStores.Predict(Red).Backbone!.Space, Token));
    }

    [Fact]
    public async Task EraseAsync_duplicate_goes_with_the_photo_that_stands_for_it()
    {
        var stores = Open();
        var id = await BringAsync(stores, ImageState.Stored);
        _photos.Write("dandelion/twin.png", Red);
        Assert.Single((await stores.IngestAsync(_photos.Path)).Duplicates);
        var duplicate = Assert.Single(await stores.Search.FindAsync(new PhotoFilter { State = ImageState.Duplicate }, cancellationToken: Token)).Image.Id;

        Assert.Equal(PhotoRefusal.IsDuplicate, (await stores.Eraser.EraseAsync(duplicate, "anna", cancellationToken: Token)).Refusal);
        await stores.Eraser.EraseAsync(id, "anna", cancellationToken: Token);

        Assert.Null((await stores.Catalog.FindAsync(duplicate, Token))!.Content);
        Assert.Empty(await stores.KeysAsync(""));
        Assert.Equal((0, 2), (await stores.IngestAsync(_photos.Path)) is var report ? (report.New, report.AlreadyKnown) : default);
    }

    [Fact]
    public async Task EraseAsync_while_the_store_is_away_stands_and_the_reconciler_deletes_the_object()
    {
        var stores = Open();
        var id = await BringAsync(stores, ImageState.Pending);

        var outcome = await Open(decorate: store => new NoDeletions(store)).Eraser.EraseAsync(id, "anna", cancellationToken: Token);

        Assert.Equal((true, ImageState.Erased, null), (outcome.IsAccepted, outcome.Photo!.Image.State, outcome.Photo.Image.Content));
        var key = Assert.Single(await stores.KeysAsync());
        var plan = await stores.Reconciler.ReconcileAsync(true, DateTimeOffset.MaxValue, false, Token);
        Assert.Equal([key], plan.Erased);
        Assert.Empty(plan.Orphans);
        Assert.Single(await stores.KeysAsync());

        Assert.Equal([key], (await stores.Reconciler.ReconcileAsync(false, DateTimeOffset.MaxValue, false, Token)).Erased);
        Assert.Empty(await stores.KeysAsync());
        Assert.Empty((await stores.Reconciler.ReconcileAsync(false, DateTimeOffset.MaxValue, false, Token)).Erased);
    }

    [Fact]
    public async Task EraseAsync_deletes_copies_that_were_moved_aside_and_the_original_of_a_scaled_one()
    {
        var stores = Open();
        var id = await BringAsync(stores, ImageState.Pending);
        var key = Assert.Single(await stores.KeysAsync(""));
        const string original = "raw/new_data/original/1.jpg";
        await stores.Store.CopyAsync(key, "aside/2025-03-01/" + key, Token);
        await stores.Store.CopyAsync(key, original, Token);
        await stores.Store.CopyAsync(key, "aside/2025-03-01/other", Token);
        await stores.Database.WriteAsync(session => UploadRows.KeepOriginalAsync(session, id, ContentHash.Of(Green), original), Token);

        await stores.Eraser.EraseAsync(id, "anna", cancellationToken: Token);

        Assert.Equal(["aside/2025-03-01/other"], await stores.KeysAsync(""));
        Assert.Equal(ImageState.Erased, (await stores.Known.FindAsync(UploadStores.Predict(Green), Token))?.Photo.Image.State);
    }

    [Fact]
    public async Task Receipt_lets_the_sender_erase_the_photo_once()
    {
        var stores = Open();
        var submission = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), "me.jpg", Token);
        var other = await stores.Intake.SubmitAsync(Green, UploadStores.Predict(Green), cancellationToken: Token);
        Assert.Matches("^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$", submission.Receipt);
        Assert.NotEqual(submission.Receipt, other.Receipt);
        Assert.Null((await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), cancellationToken: Token)).Receipt);

        Assert.True(await stores.Eraser.EraseAsync(submission.Receipt!.ToLowerInvariant().Replace('-', ' ').Replace('0', 'o').Replace('1', 'l'), Token));

        Assert.Equal(ImageState.Erased, (await stores.Catalog.FindAsync(submission.ImageId, Token))!.State);
        Assert.Equal("sender", (await stores.Search.ListHistoryAsync(submission.ImageId, Token))[^1].Actor);
        Assert.Equal(ImageState.Pending, (await stores.Catalog.FindAsync(other.ImageId, Token))!.State);
        Assert.False(await stores.Eraser.EraseAsync(submission.Receipt!, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000-00000-00000-00000")]
    [InlineData("not a receipt")]
    [InlineData("00000-00000-00000-00000-00000-00000")]
    public async Task Receipt_that_is_none_is_refused(string receipt)
    {
        Assert.False(PhotoExaminer.IsReceipt(receipt));
        await Assert.ThrowsAsync<ArgumentException>(() => Open().Eraser.EraseAsync(receipt, Token));
    }

    [Fact]
    public async Task Receipt_with_one_wrong_character_is_told_from_one_of_no_photo()
    {
        var receipt = UploadReceipt.New();
        Assert.True(PhotoExaminer.IsReceipt(receipt));
        Assert.False(await Open().Eraser.EraseAsync(receipt, Token));

        var digit = receipt[3] == '7' ? '8' : '7';
        Assert.False(PhotoExaminer.IsReceipt(receipt[..3] + digit + receipt[4..]), receipt);
    }

    [Fact]
    public async Task Receipt_of_a_photo_that_a_data_set_brings_too_erases_the_upload()
    {
        var stores = Open();
        var submission = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), "me.jpg", Token);
        var id = await BringAsync(stores, ImageState.Stored);

        Assert.True(await stores.Eraser.EraseAsync(submission.Receipt!, Token));

        Assert.Null((await stores.Search.FindAsync(submission.ImageId, Token))!.Upload!.FileName);
        Assert.Equal(ImageState.Stored, (await stores.Catalog.FindAsync(id, Token))!.State);
        Assert.Single(await stores.KeysAsync("raw/dandelion/"));
    }

    [Fact]
    public async Task Upload_is_kept_without_its_metadata_and_known_with_them()
    {
        var stores = Open(decoder: new SkiaImageDecoder(new ImageLimits()));
        var plain = ImageEncoder.ToJpeg(SyntheticPhoto.Create(48, 40, seed: 3), 95);
        var photo = Exif.IntoJpeg(plain, [.. Exif.Orientation(1), .. "48.8566N 2.3522E"u8]);

        var submission = await stores.Intake.SubmitAsync(photo, UploadStores.Predict(photo), cancellationToken: Token);

        var content = (await stores.Catalog.FindAsync(submission.ImageId, Token))!.Content!;
        Assert.Equal(plain, await stores.Store.ReadVerifiedAsync(content.Key, ContentHash.Of(plain), Token));
        Assert.Equal(plain.Length, content.Size);
        Assert.False((await stores.Intake.SubmitAsync(photo, UploadStores.Predict(photo), cancellationToken: Token)).IsNew);
        Assert.False((await stores.Intake.SubmitAsync(plain, UploadStores.Predict(plain), cancellationToken: Token)).IsNew);

        await stores.Desk.DecideAsync(new ReviewDecision(submission.ImageId, PhotoAction.Confirm), "anna", Token);
        _photos.Write("dandelion/photo.jpg", photo);
        Assert.Single((await stores.IngestAsync(_photos.Path)).Duplicates);
        await stores.Eraser.EraseAsync(submission.ImageId, "anna", cancellationToken: Token);
        _photos.Write("dandelion/again.jpg", photo);
        Assert.Single((await stores.IngestAsync(_photos.Path)).Failures);
        Assert.Empty(await stores.KeysAsync(""));
    }

    private static Task EraseAsync(UploadStores stores, Submission submission, bool isSender) => isSender
        ? stores.Eraser.EraseAsync(submission.Receipt!, Token)
        : stores.Eraser.EraseAsync(submission.ImageId, "anna", cancellationToken: Token);

    private protected async Task<long> BringAsync(UploadStores stores, ImageState state)
    {
        switch (state)
        {
            case ImageState.Registered:
                await stores.Catalog.RegisterAsync([new ManifestEntry("https://photos.example/1.jpg", "dandelion")], Token);
                return (await stores.Catalog.FindBySourceAsync("https://photos.example/1.jpg", Token))!.Id;
            case ImageState.Stored or ImageState.Withdrawn:
                _photos.Write("dandelion/photo.png", Red);
                await stores.IngestAsync(_photos.Path);
                await stores.Embeddings.PutAsync(
                    UploadStores.Predict(Red).Backbone!.Space, [new(ContentHash.Of(Red), UploadStores.Predict(Red).Embedding.ToArray())], Token);
                var id = (await stores.Catalog.FindBySha256Async(ContentHash.Of(Red), Token))!.Id;
                if (state == ImageState.Withdrawn)
                {
                    await stores.Editor.WithdrawAsync(id, "blurred", "ben", Token);
                }

                return id;
            default:
                var upload = (await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), "me.jpg", Token)).ImageId;
                if (state != ImageState.Pending)
                {
                    var action = state == ImageState.Validated ? PhotoAction.Confirm : PhotoAction.Unusable;
                    await stores.Desk.DecideAsync(new ReviewDecision(upload, action), "ben", Token);
                }

                return upload;
        }
    }

    private sealed class NoDeletions(IImageStore inner) : StoreDecorator(inner)
    {
        public override Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
            throw new StorageUnavailableException("The store is away.");
    }
}
