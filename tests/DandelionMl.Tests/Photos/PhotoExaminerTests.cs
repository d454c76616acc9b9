using DandelionMl.Catalog;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Photos;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Photos;

public sealed class PhotoExaminerTests() : UploadSuite(new SqliteFile())
{
    private static readonly byte[] Red = [250, 10, 10];

    private readonly TemporaryFolder _photos = new();
    private readonly FakeBackbone _backbone = new();
    private readonly FakeRegistry _registry = new();

    public override async ValueTask DisposeAsync()
    {
        _photos.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ExamineAsync_without_more_only_classifies()
    {
        var stores = Open();
        await using var classifier = await ServeAsync();

        var result = await Examiner(stores, classifier).ExamineAsync(Red, cancellationToken: Token);

        Assert.Equal("dandelion", result.Prediction.Label);
        Assert.Equal((UploadStatus.NotKept, null, null, null), (result.Status, result.ImageId, result.Twin, result.Failure));
        Assert.Empty(result.Similar);
        Assert.Empty(await stores.KeysAsync());
    }

    [Fact]
    public async Task ExamineAsync_keeps_a_photo_once_and_needs_one_backbone_pass()
    {
        var stores = Open();
        await using var classifier = await ServeAsync();
        var examiner = Examiner(stores, classifier);

        var first = await examiner.ExamineAsync(Red, new PhotoExamination { Keep = true, FileName = "a.jpg", Similar = 4 }, Token);
        var second = await examiner.ExamineAsync(Red, new PhotoExamination { Keep = true, FileName = "b.jpg" }, Token);

        Assert.Equal((UploadStatus.New, null), (first.Status, first.Twin));
        Assert.Equal("a.jpg", (await stores.Search.FindAsync(first.ImageId!.Value, Token))!.Upload!.FileName);
        Assert.Equal((UploadStatus.Known, first.ImageId, first.ImageId), (second.Status, second.ImageId, second.Twin?.Photo.Image.Id));
        Assert.Equal(1, second.Twin!.Similarity);
        Assert.Equal(1, _backbone.Images);
    }

    [Fact]
    public async Task ExamineAsync_similar_photos_are_those_of_the_training_set_the_nearest_first()
    {
        var stores = Open();
        await TeachAsync(stores, 12);
        await stores.UploadAsync([251, 10, 10]);
        await using var classifier = await ServeAsync();

        var result = await Examiner(stores, classifier).ExamineAsync(Red, new PhotoExamination { Keep = true, Similar = 3 }, Token);

        Assert.Equal(3, result.Similar.Count);
        Assert.All(result.Similar, known => Assert.Equal(ImageState.Stored, known.Photo.Image.State));
        Assert.Equal(result.Similar.Select(known => known.Similarity).OrderDescending(), result.Similar.Select(known => known.Similarity));
    }

    [Fact]
    public async Task ExamineAsync_store_out_of_reach_gives_the_prediction_and_says_why_the_rest_is_missing()
    {
        var stores = Open(decorate: store => new FullStore(store));
        await using var classifier = await ServeAsync();

        var result = await Examiner(stores, classifier).ExamineAsync(Red, new PhotoExamination { Keep = true }, Token);

        Assert.Equal(("dandelion", UploadStatus.Failed, null), (result.Prediction.Label, result.Status, result.ImageId));
        Assert.IsType<StorageUnavailableException>(result.Failure);
    }

    [Fact]
    public async Task ExamineAsync_store_that_never_answers_gives_the_prediction_all_the_same()
    {
        var stores = Open(decorate: store => new FrozenStore(store, answersAtFirst: false));
        await using var classifier = await ServeAsync();

        var examining = Examiner(stores, classifier, Time).ExamineAsync(Red, new PhotoExamination { Keep = true }, Token);
        await Eventually.IsAsync(() => Task.FromResult(examining.IsCompleted), () => Time.Advance(TimeSpan.FromSeconds(0.5)));

        var result = await examining;
        Assert.Equal(("dandelion", UploadStatus.Failed), (result.Prediction.Label, result.Status));
        Assert.Equal(
            "The image store did not answer within 1.5 seconds.", Assert.IsType<StorageUnavailableException>(result.Failure).Message);
    }

    [Fact]
    public async Task ExamineAsync_store_that_freezes_while_the_photo_is_stored_gives_the_prediction_all_the_same()
    {
        var frozen = new TaskCompletionSource();
        var stores = Open(decorate: store => new FrozenStore(store, answersAtFirst: true, frozen));
        await using var classifier = await ServeAsync();

        var examining = Examiner(stores, classifier, Time).ExamineAsync(Red, new PhotoExamination { Keep = true }, Token);
        await frozen.Task;
        Time.Advance(TimeSpan.FromSeconds(10));

        var result = await examining;
        Assert.Equal(("dandelion", UploadStatus.Failed), (result.Prediction.Label, result.Status));
        Assert.StartsWith("The photo could not be kept within 10 seconds", result.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExamineAsync_caller_who_gives_up_while_the_photo_is_stored_is_not_told_of_the_store()
    {
        var frozen = new TaskCompletionSource();
        var stores = Open(decorate: store => new FrozenStore(store, answersAtFirst: true, frozen));
        await using var classifier = await ServeAsync();
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var examining = Examiner(stores, classifier, Time).ExamineAsync(Red, new PhotoExamination { Keep = true }, caller.Token);
        await frozen.Task;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => examining);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(SimilarPhotos.MaxCount + 1)]
    public async Task ExamineAsync_more_similar_photos_than_are_found_at_a_time_is_refused(int similar)
    {
        await using var classifier = await ServeAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Examiner(Open(), classifier).ExamineAsync(Red, new PhotoExamination { Similar = similar }, Token));
    }

    private static PhotoExaminer Examiner(UploadStores stores, Classifier classifier, TimeProvider? storeTime = null) => new(
        classifier, stores.Known, stores.Intake, stores.Suggestions, stores.Eraser,
        new DatabaseCheck(stores.Database, TimeProvider.System),
        new StoreCheck(stores.Store, new StorePairing(stores.Database, stores.Store), storeTime ?? TimeProvider.System),
        storeTime ?? TimeProvider.System, NullLogger<PhotoExaminer>.Instance);

    private async Task<Classifier> ServeAsync()
    {
        _registry.Promote(["dandelion", "grass"]);
        var classifier = new Classifier(_registry, _backbone, new FakeImageDecoder());
        await classifier.ReloadAsync(Token);
        return classifier;
    }

    /// <summary>Fills the training set with reddish photos.</summary>
    private async Task TeachAsync(UploadStores stores, int count)
    {
        for (var number = 0; number < count; number++)
        {
            _photos.Write($"dandelion/{number}.png", [(byte)(250 - number), (byte)(number % 5), 10]);
        }

        await stores.IngestAsync(_photos.Path);
        await foreach (var image in stores.Catalog.ListAsync(ImageState.Stored, Token))
        {
            var photo = await stores.Store.ReadVerifiedAsync(image.Content!.Key, image.Content.Sha256, Token);
            await stores.Embeddings.PutAsync(
                _backbone.Info.Space,
                [KeyValuePair.Create(image.Content.Sha256, UploadStores.Predict(photo).Embedding.ToArray())],
                Token);
        }
    }

    private sealed class FullStore(IImageStore inner) : StoreDecorator(inner)
    {
        public override Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default) =>
            throw new StorageUnavailableException("The store is out of reach.");
    }

    /// <summary>A store that neither succeeds nor fails.</summary>
    private sealed class FrozenStore(IImageStore inner, bool answersAtFirst, TaskCompletionSource? frozen = null) : StoreDecorator(inner)
    {
        public override Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default) =>
            answersAtFirst ? base.ExistsAsync(key, cancellationToken) : NeverAsync<bool>(cancellationToken);

        public override Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
        {
            frozen?.SetResult();
            return NeverAsync<bool>(cancellationToken);
        }

        private static async Task<T> NeverAsync<T>(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("It was to wait for ever.");
        }
    }
}
