using DandelionMl.Backbones;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Backbones;

public sealed class BackboneProviderTests
{
    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_many_at_once_loads_once_and_disposes_with_the_provider()
    {
        var (backbone, loads) = (new StubBackbone(), 0);
        var source = new ShippedBackboneSource(new BackboneDescriptor("built-in", "stub", 1, 0, "MIT"), () =>
        {
            Interlocked.Increment(ref loads);
            return backbone;
        });
        var provider = new BackboneProvider([source]);

        var given = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => provider.GetAsync("built-in", cancellationToken: Canceled)));

        Assert.All(given, item => Assert.Same(backbone, item));
        Assert.Equal(1, loads);
        Assert.False(backbone.IsDisposed);
        provider.Dispose();
        Assert.True(backbone.IsDisposed);
    }

    [Fact]
    public async Task GetAsync_failed_load_is_tried_again()
    {
        var loads = 0;
        var source = new ShippedBackboneSource(
            new BackboneDescriptor("built-in", "stub", 1, 0, "MIT"),
            () => ++loads == 1 ? throw new BackboneUnavailableException("not yet") : new StubBackbone());
        using var provider = new BackboneProvider([source]);

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => provider.GetAsync("built-in", cancellationToken: Canceled));
        await provider.GetAsync("built-in", cancellationToken: Canceled);

        Assert.Equal(2, loads);
    }

    [Fact]
    public async Task GetAsync_unknown_id_lists_the_known_ones()
    {
        using var provider = new BackboneProvider([Source("built-in"), Source("other")]);

        var exception = await Assert.ThrowsAsync<BackboneUnavailableException>(() => provider.GetAsync("resnet", cancellationToken: Canceled));

        Assert.Contains("built-in, other", exception.Message, StringComparison.Ordinal);
        Assert.Throws<BackboneUnavailableException>(() => provider.IsDownloaded("resnet"));
    }

    [Fact]
    public void Constructor_unknown_local_id_is_refused() => Assert.Throws<BackboneUnavailableException>(
        () => new BackboneProvider([Source("built-in")], new BackboneOptions { LocalWeights = { ["dinov2-vitg14"] = "x" } }));

    [Fact]
    public void Available_lists_what_can_be_had()
    {
        using var provider = new BackboneProvider([Source("built-in"), new AbsentSource()]);

        Assert.Equal(["built-in"], provider.Available.Select(backbone => backbone.Id));
        Assert.False(provider.IsDownloaded("absent"));
    }

    private static ShippedBackboneSource Source(string id) => new(new BackboneDescriptor(id, "stub", 1, 0, "MIT"), () => new StubBackbone());

    private sealed class AbsentSource : IBackboneSource
    {
        public BackboneDescriptor Descriptor { get; } = new("absent", "stub", 1, 0, "MIT");

        public bool IsAvailable => false;

        public bool IsDownloaded => false;

        public Task DownloadAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken) =>
            throw new BackboneUnavailableException("There is no download.");

        public IBackbone Load() => throw new BackboneUnavailableException("There are no weights.");
    }

    private sealed class StubBackbone : IBackbone
    {
        public bool IsDisposed { get; private set; }

        public BackboneInfo Info { get; } = new("built-in", 1, new StubPreprocessing(1, 1), "", 0.9f);

        public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;
    }
}
