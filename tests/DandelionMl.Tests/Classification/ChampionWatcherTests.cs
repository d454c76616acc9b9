using DandelionMl.Backbones;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Drift.Watching;
using DandelionMl.Hosting.Keyed;
using DandelionMl.Imaging;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Hosting;
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
        using var watcher = Watch(loop, classifier, new FirstLook());

        // Without its limit the start would last as long as the backbone.
        await watcher.StartAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
        await backbones.Asked.Task.WaitAsync(Token);
        Assert.Null(classifier.Serving);
        backbones.Go.SetResult();
        await watcher.StopAsync(Token);

        // What is asked meanwhile waits for the same look.
        Assert.Equal(1, (await classifier.ClassifyAsync(new byte[] { 255, 3, 9 }, Token)).ModelVersion);
    }

    /// <summary>What else a host does by itself waits for the look.</summary>
    [Fact]
    public async Task First_look_ends_once_the_champion_is_there()
    {
        await using var loop = new TestLoop();
        await loop.LearnAsync();
        var (backbones, first) = (new SlowBackbones(loop.Backbone), new FirstLook());
        await using var classifier = new Classifier(loop.Get<IModelRegistry>(), backbones, loop.Get<IImageDecoder>());
        using var watcher = Watch(loop, classifier, first);
        var others = first.WaitAsync(Token);

        await watcher.StartAsync(Token);
        await backbones.Asked.Task.WaitAsync(Token);
        Assert.False(others.IsCompleted);
        backbones.Go.SetResult();

        await others;
        Assert.Equal(1, classifier.Serving?.Version);
        await watcher.StopAsync(Token);
    }

    /// <summary>A database that is frozen, or a backbone that is downloaded, holds up nothing else for longer than the start.</summary>
    [Fact]
    public async Task First_look_ends_with_the_hosts_start()
    {
        await using var loop = new TestLoop();
        await loop.LearnAsync();
        var (backbones, first) = (new SlowBackbones(loop.Backbone), new FirstLook());
        await using var classifier = new Classifier(loop.Get<IModelRegistry>(), backbones, loop.Get<IImageDecoder>());
        using var watcher = Watch(loop, classifier, first);

        await watcher.StartAsync(Token);
        await watcher.StartedAsync(new CancellationToken(canceled: true));

        await first.WaitAsync(Token);
        Assert.Null(classifier.Serving);
        backbones.Go.SetResult();
        await watcher.StopAsync(Token);
    }

    /// <summary>Of all that runs beside the requests, only what takes the look, runs the others or sleeps at first does not wait for it.</summary>
    [Fact]
    public void All_that_runs_by_itself_waits_for_the_first_look() => Assert.Equal(
        [nameof(DriftWatch), nameof(KeyedLoopHost)],
        typeof(FirstLook).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(BackgroundService)))
            .Where(type => type.GetConstructors().Single().GetParameters().All(parameter => parameter.ParameterType != typeof(FirstLook)))
            .Select(type => type.Name).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Nobody_waits_for_a_look_that_is_not_taken() => await new FirstLook().WaitAsync(Token);

    private static ChampionWatcher Watch(TestLoop loop, Classifier classifier, FirstLook first) => new(
        classifier, loop.Get<BackboneCheck>(), loop.Get<Database>(), first, new ClassifierOptions(), TimeProvider.System,
        NullLogger<ChampionWatcher>.Instance);

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
