using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Embeddings;
using DandelionMl.Storage;
using DandelionMl.Tests.LearningLoop;
using DandelionMl.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.Tests.Embeddings;

/// <summary>Machines that embed a share each of the photos of one database.</summary>
public abstract class ShardEmbedderSuite(TestDatabase database) : IAsyncLifetime
{
    private const int Photos = 300;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Shares_embed_together_what_one_would_and_none_twice()
    {
        await AddAsync();
        var reports = new List<ShardReport>();
        foreach (var index in Enumerable.Range(0, 4))
        {
            await using var machine = Open();
            reports.Add(await machine.Get<ShardEmbedder>().EmbedAsync(new HashShard(index, 4), progress: null, Token));
        }

        Assert.Equal(Photos, reports.Sum(report => report.Embedded));
        Assert.All(reports, report => Assert.InRange(report.Embedded, 40, 120));
        await using var one = Open();
        Assert.Equal(0, (await one.Get<ShardEmbedder>().EmbedAsync(HashShard.All, progress: null, Token)).Embedded);
        Assert.Equal(Photos, await one.Get<IEmbeddingStore>().CountAsync(new VectorBackbone().Info.Space, Token));
    }

    [Fact]
    public async Task Share_that_was_cut_off_goes_on_where_it_was()
    {
        await AddAsync();
        await using var machine = Open();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => machine.Get<ShardEmbedder>().EmbedAsync(HashShard.All, new SynchronousProgress<ItemProgress>(_ => cut.Cancel()), cut.Token));
        var done = await machine.Get<IEmbeddingStore>().CountAsync(new VectorBackbone().Info.Space, Token);
        Assert.InRange(done, 1, Photos - 1);

        var report = await machine.Get<ShardEmbedder>().EmbedAsync(HashShard.All, progress: null, Token);
        Assert.Equal(Photos - done, report.Embedded);
    }

    [Fact]
    public async Task Photo_that_is_lost_is_told_and_keeps_no_other_from_it()
    {
        await AddAsync();
        await using var machine = Open();
        var lost = await machine.Get<IImageCatalog>().ListAsync(ImageState.Stored, Token).FirstAsync(Token);
        await machine.Get<IImageStore>().DeleteAsync(lost.Content!.Key, Token);

        var report = await machine.Get<ShardEmbedder>().EmbedAsync(HashShard.All, progress: null, Token);

        Assert.Equal(lost.Content.Sha256, Assert.Single(report.Unreadable).Sha256);
        Assert.Equal(Photos - 1, report.Embedded);
    }

    [Fact]
    public async Task Machine_that_answers_otherwise_embeds_nothing()
    {
        await AddAsync();
        await using var machine = Open();
        var info = new VectorBackbone().Info;
        await machine.Get<GoldenEmbedding>().AcceptAsync(info, [1, .. new float[VectorBackbone.Dimensions - 1]], Token);

        var error = await Assert.ThrowsAsync<BackboneUnavailableException>(
            () => machine.Get<ShardEmbedder>().EmbedAsync(HashShard.All, progress: null, Token));

        Assert.Contains("gives other embeddings on this machine", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await machine.Get<IEmbeddingStore>().CountAsync(info.Space, Token));
    }

    private LoopProcess Open() => new(
        database.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path }), TimeProvider.System);

    private async Task AddAsync()
    {
        var photos = new VectorPhotos(seed: 1);
        await using var process = Open();
        await process.AddTrainingPhotosAsync(Enumerable.Range(0, Photos).Select(_ => photos.Draw()));
    }
}
