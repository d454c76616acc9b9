using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Embeddings;
using DandelionMl.Storage;
using DandelionMl.Training;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Embeddings;

public sealed class ImageEmbedderTests : IDisposable
{
    private readonly FakeBackbone _backbone = new();
    private readonly GroupRecorder _kept = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryImageStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _backbone.Dispose();

    [Fact]
    public async Task Many_embeddings_are_kept_in_few_transactions()
    {
        var images = await AddAsync(600);

        var report = await Embedder(_store).EmbedMissingAsync(_backbone, images, progress: null, Token);

        Assert.Equal(600, report.Embedded);
        Assert.Equal([256, 256, 88], _kept.Groups);
        Assert.Equal(38, _backbone.Passes);
        var expected = await _kept.GetAsync(_backbone.Info.Space, [.. images.Select(image => image.Content!.Sha256)], Token);
        Assert.Equal(600, expected.Count);
        Assert.All(report.Embeddings, embedding => Assert.Equal(expected[embedding.Key], embedding.Value));
    }

    [Fact]
    public async Task Slow_backbone_keeps_what_it_has_every_few_seconds()
    {
        var images = await AddAsync(64);

        // One pass waits until the one before it is kept, so that the groups don't depend on who is faster.
        _backbone.OnPass = _ => Eventually.IsAsync(() => Task.FromResult(_kept.Groups.Count == _backbone.Passes - 1)).GetAwaiter().GetResult();
        _backbone.OnPass += _ => _clock.Advance(ImageEmbedder.KeepEvery);
        await Embedder(_store).EmbedMissingAsync(_backbone, images, progress: null, Token);

        Assert.Equal([16, 16, 16, 16], _kept.Groups.Where(count => count > 0));
    }

    [Fact]
    public async Task Images_are_read_while_others_pass_through_the_backbone()
    {
        var store = new ReadCounter(_store);
        var images = await AddAsync(64);
        var readDuringFirstPass = 0;
        _backbone.OnPass = _ =>
        {
            Eventually.IsAsync(() => Task.FromResult(store.Reads >= 2 * ImageEmbedder.BatchSize)).GetAwaiter().GetResult();
            readDuringFirstPass = readDuringFirstPass == 0 ? store.Reads : readDuringFirstPass;
        };

        var report = await Embedder(store).EmbedMissingAsync(_backbone, images, progress: null, Token);

        Assert.Equal(64, report.Embedded);
        Assert.InRange(readDuringFirstPass, 2 * ImageEmbedder.BatchSize, 64);
    }

    [Fact]
    public async Task Store_that_answers_late_is_asked_for_several_images_at_a_time()
    {
        var store = new ReadCounter(_store) { AtLeastAtOnce = 8 };
        var images = await AddAsync(24);

        Assert.Equal(24, (await Embedder(store).EmbedMissingAsync(_backbone, images, progress: null, Token)).Embedded);
    }

    [Fact]
    public async Task What_was_embedded_before_the_store_failed_is_kept()
    {
        var images = await AddAsync(64);
        var store = new ReadCounter(_store) { FailsAt = images[40].Content!.Key };

        var error = await Assert.ThrowsAsync<IOException>(
            () => Embedder(store).EmbedMissingAsync(_backbone, images, progress: null, Token));

        Assert.Equal("The store is gone.", error.Message);
        Assert.Equal([32], _kept.Groups);
    }

    [Fact]
    public async Task What_was_embedded_before_it_was_cancelled_is_kept()
    {
        var images = await AddAsync(64);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var progress = new SynchronousProgress<ItemProgress>(report =>
        {
            if (report.Completed == 32)
            {
                cancelled.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Embedder(_store).EmbedMissingAsync(_backbone, images, progress, cancelled.Token));

        Assert.Equal([32], _kept.Groups);
    }

    [Fact]
    public async Task Failure_of_the_database_is_told_as_it_is()
    {
        var images = await AddAsync(300);
        _kept.Failure = new InvalidOperationException("The database is gone.");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Embedder(_store).EmbedMissingAsync(_backbone, images, progress: null, Token));

        Assert.Equal("The database is gone.", error.Message);
    }

    [Fact]
    public async Task Images_that_cannot_be_read_are_told_in_their_order()
    {
        var images = await AddAsync(40);
        await _store.DeleteAsync(images[3].Content!.Key, Token);
        await _store.PutAsync(images[20].Content!.Key, new MemoryStream([1]), Token);

        var report = await Embedder(_store).EmbedMissingAsync(_backbone, images, progress: null, Token);

        Assert.Equal(38, report.Embedded);
        Assert.Equal([images[3].Content!.Sha256, images[20].Content!.Sha256], report.Unreadable.Select(image => image.Sha256));
    }

    private ImageEmbedder Embedder(IImageStore store) => new(store, _kept, new FakeImageDecoder(), telemetry: null, _clock);

    private async Task<List<CatalogImage>> AddAsync(int count)
    {
        var catalog = new InMemoryImageCatalog();
        var images = new List<CatalogImage>();
        for (var number = 0; number < count; number++)
        {
            images.Add(await TestStores.AddAsync(_store, catalog, "grass", [(byte)(number / 256), (byte)(number % 256), 7]));
        }

        return images;
    }

    private sealed class GroupRecorder : IEmbeddingStore
    {
        private readonly InMemoryEmbeddingStore _inner = new();

        public List<int> Groups { get; } = [];

        public Exception? Failure { get; set; }

        public async Task PutAsync(
            EmbeddingSpace space, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings, CancellationToken cancellationToken = default)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            cancellationToken.ThrowIfCancellationRequested();
            await _inner.PutAsync(space, embeddings, cancellationToken);
            Groups.Add(embeddings.Count);
        }

        public Task<IReadOnlyDictionary<string, float[]>> GetAsync(
            EmbeddingSpace space, IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default) =>
            _inner.GetAsync(space, sha256, cancellationToken);

        public Task<IReadOnlyList<Neighbour>> FindNearestAsync(
            EmbeddingSpace space, ReadOnlyMemory<float> vector, int count, float minimumSimilarity = -1, CancellationToken cancellationToken = default) =>
            _inner.FindNearestAsync(space, vector, count, minimumSimilarity, cancellationToken);

        public Task DeleteAsync(IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default) =>
            _inner.DeleteAsync(sha256, cancellationToken);

        public Task<long> CountAsync(EmbeddingSpace space, CancellationToken cancellationToken = default) =>
            _inner.CountAsync(space, cancellationToken);
    }

    private sealed class ReadCounter(IImageStore inner) : StoreDecorator(inner)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;

        public int Reads => _reads;

        /// <summary>The first so many reads are answered together.</summary>
        public int AtLeastAtOnce { get; init; }

        public string? FailsAt { get; init; }

        public override async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _reads) >= AtLeastAtOnce)
            {
                _enough.TrySetResult();
            }

            await _enough.Task.WaitAsync(TimeSpan.FromMinutes(3), cancellationToken);
            return key == FailsAt ? throw new IOException("The store is gone.") : await base.OpenReadAsync(key, cancellationToken);
        }
    }
}
