using DandelionMl.Backbones;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Imaging;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Classification;

public sealed class ChampionWatcherTests
{
    /// <summary>The host listens although its first look at the champion lasts, and serves it once it is there.</summary>
    [Fact]
    public async Task StartAsync_does_not_wait_for_a_champion_that_lasts()
    {
        await using var loop = new TestLoop();
        await loop.LearnAsync();
        var backbones = new SlowBackbones(loop.Backbone);
        await using var classifier = new Classifier(loop.Get<IModelRegistry>(), backbones, loop.Get<IImageDecoder>());
        using var watcher = new ChampionWatcher(
            classifier, loop.Get<BackboneCheck>(), loop.Get<Database>(), new ClassifierOptions(), TimeProvider.System, NullLogger<ChampionWatcher>.Instance);

        // Without its limit the start would last as long as the backbone.
        await watcher.StartAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
        await backbones.Asked.Task.WaitAsync(Token);
        Assert.Null(classifier.Serving);
        backbones.Go.SetResult();
        await watcher.StopAsync(Token);

        // What is asked meanwhile waits for the same look.
        Assert.Equal(1, (await classifier.ClassifyAsync(new byte[] { 255, 3, 9 }, Token)).ModelVersion);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class SlowBackbones(IBackboneProvider inner) : IBackboneProvider
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource Go { get; } = new();

        public IReadOnlyList<BackboneDescriptor> Available => inner.Available;

        public bool IsDownloaded(string id) => true;

        public Task DownloadAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public async Task<IBackbone> GetAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await Go.Task;
            return await inner.GetAsync(id, progress, cancellationToken);
        }
    }
}
