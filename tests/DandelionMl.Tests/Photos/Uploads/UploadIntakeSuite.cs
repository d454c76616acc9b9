using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public abstract class UploadIntakeSuite(TestDatabase database) : UploadSuite(database)
{
    private static readonly byte[] Red = [250, 10, 10];
    private static readonly byte[] AlmostRed = [250, 10, 11];
    private static readonly byte[] Green = [10, 250, 10];

    [Fact]
    public async Task SubmitAsync_new_photo_waits_for_review_with_what_was_predicted()
    {
        var stores = Open();

        var result = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red, "grass", 0.7f), "my photo.jpg", Token);

        Assert.True(result.IsNew);
        var photo = await stores.Search.FindAsync(result.ImageId, Token);
        Assert.Equal(
            ("my photo.jpg", "grass", 0.7f, 7, ImageState.Pending, "grass"),
            (photo!.Upload!.FileName, photo.Upload!.PredictedLabel, photo.Upload!.Probability, photo.Upload!.ModelVersion, photo.Image.State, photo.Image.Label));
        Assert.Equal(0.4f, photo.Upload!.Margin, 1e-6f);
        Assert.Equal([StorageKeys.Pending(ContentHash.Of(Red), ImageFormat.Png)], await stores.KeysAsync());
        Assert.Equal(Red, await stores.Store.ReadVerifiedAsync(photo.Image.Content!.Key, ContentHash.Of(Red), Token));
        Assert.Single(await stores.Embeddings.GetAsync(photo.Upload!.Space, [ContentHash.Of(Red)], Token));
    }

    [Fact]
    public async Task SubmitAsync_more_photos_than_may_wait_are_refused_until_there_is_room_and_leave_nothing()
    {
        var stores = Open(new ReviewOptions { MaxPending = 1 });
        var id = await stores.UploadAsync(Red);

        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => stores.UploadAsync(Green));
        Assert.Contains("Too many photos wait for review", refused.Message, StringComparison.Ordinal);
        Assert.Single(await stores.KeysAsync());
        Assert.Equal(id, (await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), cancellationToken: Token)).ImageId);

        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "ann", Token);
        Time.Advance(TimeSpan.FromSeconds(5));
        await stores.UploadAsync(Green);
    }

    [Fact]
    public async Task SubmitAsync_more_bytes_than_may_wait_are_refused()
    {
        var stores = Open(new ReviewOptions { MaxPendingBytes = Red.Length });
        await stores.UploadAsync(Red);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => stores.UploadAsync(Green));
    }

    [Fact]
    public async Task SubmitAsync_same_bytes_again_is_known()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);

        var again = await Open().Intake.SubmitAsync(Red, UploadStores.Predict(Red), "other name.png", Token);

        Assert.Equal((false, id, 1f), (again.IsNew, again.ImageId, again.Twin!.Similarity));
        Assert.Single(await stores.KeysAsync());
    }

    [Fact]
    public async Task SubmitAsync_photo_that_looks_the_same_is_known_by_its_twin_and_not_stored()
    {
        var stores = Open();
        await stores.UploadAsync(Green);
        var id = await stores.UploadAsync(Red);

        var result = await stores.Intake.SubmitAsync(AlmostRed, UploadStores.Predict(AlmostRed), cancellationToken: Token);

        Assert.Equal((false, id), (result.IsNew, result.ImageId));
        Assert.InRange(result.Twin!.Similarity, 0.9999f, 0.9999999f);
        Assert.Equal(2, (await stores.KeysAsync()).Count);
    }

    [Fact]
    public async Task SubmitAsync_training_photo_is_known()
    {
        var stores = Open();
        var row = await IngestAsync(stores, Red, "dandelion");

        var result = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), cancellationToken: Token);

        Assert.Equal((false, row.Id), (result.IsNew, result.ImageId));
        Assert.Equal([row.Content!.Key], await stores.KeysAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MarkStoredAsync_labelled_photo_takes_the_place_of_one_without_a_persons_label(bool isRejected)
    {
        var stores = Open();
        var upload = await stores.UploadAsync(Red, "grass");
        if (isRejected)
        {
            await stores.Desk.DecideAsync(new ReviewDecision(upload, PhotoAction.Unusable), "anna", Token);
        }

        var ingested = await IngestAsync(stores, Red, "dandelion");

        Assert.Equal((ImageState.Stored, "dandelion"), (ingested.State, ingested.Label));
        var yielded = await stores.Search.FindAsync(upload, Token);
        Assert.Equal((ImageState.Duplicate, ingested.Content), (yielded!.Image.State, yielded.Image.Content));
        Assert.Empty(await stores.Desk.TakeAsync("anna", cancellationToken: Token));
        var late = new ReviewDecision(upload, isRejected ? PhotoAction.Undo : PhotoAction.Confirm);
        Assert.Equal(PhotoRefusal.AlreadyTaken, (await stores.Desk.DecideAsync(late, "anna", Token)).Refusal);

        await stores.Reconciler.ReconcileAsync(false, DateTimeOffset.MaxValue, false, Token);
        Assert.Equal([ingested.Content!.Key], await stores.KeysAsync());
    }

    [Fact]
    public async Task MarkStoredAsync_photo_with_a_persons_label_stays()
    {
        var stores = Open();
        var upload = await stores.UploadAsync(Red, "grass");
        await stores.Desk.DecideAsync(new ReviewDecision(upload, PhotoAction.Confirm), "anna", Token);

        Assert.Equal(ImageState.Duplicate, (await IngestAsync(stores, Red, "dandelion")).State);
        Assert.Equal((ImageState.Validated, "grass"), (await stores.Search.FindAsync(upload, Token)) is { } photo ? (photo.Image.State, photo.Image.Label) : default);
    }

    [Fact]
    public async Task SubmitAsync_fifty_at_once_keeps_one()
    {
        UploadStores[] processes = [Open(), Open()];

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Task.Run(
            () => processes[number % 2].Intake.SubmitAsync(Red, UploadStores.Predict(Red), $"{number}.jpg", Token))));

        Assert.Single(results, result => result.IsNew);
        Assert.Single(results.Select(result => result.ImageId).Distinct());
        Assert.Single(await processes[0].KeysAsync());
        Assert.Single(await processes[0].Search.FindAsync(new PhotoFilter { State = ImageState.Pending, IsUpload = true }, cancellationToken: Token));
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\photos\\one.jpg", "one.jpg")]
    [InlineData("a\0b\r\n<script>.jpg", "ab<script>.jpg")]
    [InlineData("🌼.jpg", "🌼.jpg")]
    [InlineData("   ", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task SubmitAsync_any_file_name_is_kept_as_a_plain_one(string? given, string? kept)
    {
        var stores = Open();
        var result = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), given, Token);

        Assert.Equal(kept, (await stores.Search.FindAsync(result.ImageId, Token))!.Upload!.FileName);
    }

    [Fact]
    public async Task SubmitAsync_half_of_a_surrogate_pair_in_a_name_is_replaced()
    {
        var stores = Open();
        var result = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), "half " + '\ud83c', Token);

        Assert.Equal("half \ufffd", (await stores.Search.FindAsync(result.ImageId, Token))!.Upload!.FileName);
    }

    [Fact]
    public async Task SubmitAsync_long_file_name_is_cut()
    {
        var stores = Open();
        var result = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), string.Concat(Enumerable.Repeat("🌼", 5_000)), Token);

        Assert.InRange((await stores.Search.FindAsync(result.ImageId, Token))!.Upload!.FileName!.Length, 1, 255);
    }

    [Fact]
    public async Task SubmitAsync_prediction_of_another_photo_is_refused()
    {
        var stores = Open();
        await Assert.ThrowsAsync<ArgumentException>(() => stores.Intake.SubmitAsync(Red, UploadStores.Predict(Green), cancellationToken: Token));

        Assert.Empty(await stores.KeysAsync());
    }

    [Fact]
    public async Task SubmitAsync_classified_photo_costs_no_second_backbone_pass()
    {
        var stores = Open();
        var (backbone, registry) = (new FakeBackbone(), new FakeRegistry());
        registry.Promote(["grass", "dandelion"]);
        await using var classifier = new Classifier(registry, backbone, new FakeImageDecoder());
        await classifier.ReloadAsync(Token);

        var prediction = await classifier.ClassifyAsync(Red, Token);
        await stores.Intake.SubmitAsync(Red, prediction, cancellationToken: Token);
        var again = await stores.Intake.SubmitAsync(Red, await classifier.ClassifyAsync(Red, Token), cancellationToken: Token);

        Assert.False(again.IsNew);
        Assert.Equal(1, backbone.Images);
    }

    [Fact]
    public async Task FindSimilarAsync_gives_the_most_similar_photos_first()
    {
        var stores = Open();
        var red = await stores.UploadAsync(Red);
        var green = await stores.UploadAsync(Green);

        var similar = await stores.Known.FindSimilarAsync(UploadStores.Predict(AlmostRed), 5, Token);

        Assert.Equal([red, green], similar.Select(photo => photo.Photo.Image.Id));
    }

    /// <summary>Takes a labelled photo in, as an ingestion does.</summary>
    private static async Task<CatalogImage> IngestAsync(UploadStores stores, byte[] photo, string label)
    {
        var sha256 = ContentHash.Of(photo);
        await stores.Catalog.RegisterAsync([new ManifestEntry($"test:{sha256}", label)], Token);
        var row = await stores.Catalog.FindBySourceAsync($"test:{sha256}", Token);
        var key = StorageKeys.Raw(label, sha256, ImageFormat.Png);
        using var content = new MemoryStream(photo);
        await stores.Store.PutAsync(key, content, Token);
        return await stores.Catalog.MarkStoredAsync(
            row!.Id, new StoredContent(key, stores.Store.GetUri(key), sha256, photo.Length), Token);
    }
}
