using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Tests.Embeddings;

public sealed class BackboneSelectionTests
{
    [Fact]
    public async Task SelectAsync_automatic_takes_and_records_the_highest_rank()
    {
        var backbones = new Backbones(
            new FakeBackbone("built-in", rank: 0), new FakeBackbone("best", rank: 100), new FakeBackbone("middle", rank: 50), new FakeBackbone("asked-for"));
        await using var stores = new TestStores(backbones, BackboneSelection.Automatic);

        Assert.Null(await stores.Selection.GetRecordedAsync(Token));
        Assert.Equal("best", (await stores.Selection.SelectAsync(null, Token)).Info.Id);
        Assert.Equal("best", await stores.Selection.GetRecordedAsync(Token));
    }

    [Fact]
    public async Task SelectAsync_automatic_without_ranks_takes_the_first()
    {
        await using var stores = new TestStores(new Backbones(new FakeBackbone("own"), new FakeBackbone("other")), BackboneSelection.Automatic);

        Assert.Equal("own", (await stores.Selection.SelectAsync(null, Token)).Info.Id);
    }

    [Fact]
    public async Task SelectAsync_automatic_best_can_not_be_loaded_takes_the_next_with_one_warning_that_says_how_to_switch()
    {
        var logger = new ListLogger();
        var backbones = new Backbones(new FakeBackbone("built-in", rank: 0), new FakeBackbone("middle", rank: 50), new FakeBackbone("best", rank: 100));
        backbones.Break("best");
        await using var stores = new TestStores(backbones, BackboneSelection.Automatic, logger);

        Assert.Equal("middle", (await stores.Selection.SelectAsync(null, Token)).Info.Id);
        Assert.Equal("middle", (await stores.Selection.SelectAsync(null, Token)).Info.Id);

        var (level, message) = Assert.Single(logger.Messages);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("UseAsync(\"best\")", message, StringComparison.Ordinal);
        Assert.Contains("There is no network.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SelectAsync_automatic_none_can_be_loaded_is_an_error_and_records_nothing()
    {
        var backbones = new Backbones(new FakeBackbone("built-in", rank: 0), new FakeBackbone("best", rank: 100));
        backbones.Break("best");
        backbones.Break("built-in");
        await using var stores = new TestStores(backbones, BackboneSelection.Automatic);

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => stores.Selection.SelectAsync(null, Token));
        Assert.Null(await stores.Selection.GetRecordedAsync(Token));
    }

    [Fact]
    public async Task SelectAsync_recorded_backbone_stays_although_a_better_one_came_into_reach()
    {
        var backbones = new Backbones(new FakeBackbone("built-in", rank: 0));
        await using var stores = new TestStores(backbones, BackboneSelection.Automatic);
        await stores.Selection.SelectAsync(null, Token);
        backbones.Add(new FakeBackbone("better", rank: 100));

        Assert.Equal("built-in", (await stores.Selection.SelectAsync(null, Token)).Info.Id);
    }

    [Fact]
    public async Task SelectAsync_configured_backbone_that_can_not_be_had_is_an_error_and_records_nothing()
    {
        await using var stores = new TestStores(new Backbones(new FakeBackbone("built-in")), "dinov2-vits14");

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => stores.Selection.SelectAsync(null, Token));
        Assert.Null(await stores.Selection.GetRecordedAsync(Token));
    }

    [Fact]
    public async Task UseAsync_cut_off_goes_on_where_it_stopped_and_switches_only_at_the_end()
    {
        var next = new FakeBackbone("next");
        await using var stores = new TestStores(new Backbones(new FakeBackbone("built-in"), next), "built-in");
        await stores.AddColoursAsync(20, ("green", 1), ("red", 0));
        await stores.Selection.SelectAsync(null, Token);
        using var cancellation = new CancellationTokenSource();
        next.OnPass = _ =>
        {
            // The first is of the fixed picture that a backbone is known by.
            if (next.Passes == 3)
            {
                cancellation.Cancel();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stores.Selection.UseAsync("next", null, cancellation.Token));
        Assert.Equal("built-in", await stores.Selection.GetRecordedAsync(Token));
        var kept = await stores.Embeddings.CountAsync(next.Info.Space, Token);

        Assert.InRange(kept, 16, 32);
        Assert.Equal(40 - kept, await stores.Selection.UseAsync("next", null, Token));
        Assert.Equal("next", await stores.Selection.GetRecordedAsync(Token));
        Assert.Equal("next", (await stores.Trainer.TrainAsync(cancellationToken: Token)).Version.Space.BackboneId);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class Backbones(params FakeBackbone[] backbones) : IBackboneProvider
    {
        private readonly List<FakeBackbone> _backbones = [.. backbones];
        private readonly HashSet<string> _broken = [];

        public IReadOnlyList<BackboneDescriptor> Available => [.. _backbones.SelectMany(backbone => backbone.Available)];

        public void Break(string id) => _broken.Add(id);

        public void Add(FakeBackbone backbone) => _backbones.Add(backbone);

        public bool IsDownloaded(string id) => _backbones.Any(backbone => backbone.Info.Id == id);

        public Task DownloadAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task<IBackbone> GetAsync(string id, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
            Task.FromResult<IBackbone>(_backbones.Find(backbone => backbone.Info.Id == id && !_broken.Contains(id)) ?? throw new BackboneUnavailableException("There is no network."));
    }

    private sealed class ListLogger : ILogger<BackboneSelection>
    {
        public List<(LogLevel Level, string Message)> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add((logLevel, formatter(state, exception)));
    }
}
