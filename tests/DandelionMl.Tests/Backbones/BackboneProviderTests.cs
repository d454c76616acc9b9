using DandelionMl.Backbones;
using DandelionMl.Backbones.Weights;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Backbones;

public sealed class BackboneProviderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dandelionml-tests-").FullName;
    private readonly Preprocessing _preprocessing = new StubPreprocessing(28, 28);

    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Available_default_is_built_in_then_dinov2()
    {
        using var provider = Provider(new BackboneOptions(), new StubBackbone());

        Assert.Equal(["built-in", "dinov2-vits14"], provider.Available.Select(backbone => backbone.Id));
        Assert.Equal(88_283_115, provider.Available[1].DownloadBytes);
        Assert.Equal(384, provider.Available[1].Dimensions);
        Assert.True(provider.IsDownloaded("built-in"));
    }

    [Fact]
    public async Task GetAsync_many_at_once_loads_once_and_disposes_with_the_provider()
    {
        var (backbone, loads) = (new StubBackbone(), 0);
        var source = new ShippedBackboneSource(new BackboneDescriptor("built-in", "stub", 1, 0, "MIT"), () =>
        {
            Interlocked.Increment(ref loads);
            return backbone;
        });
        var provider = new BackboneProvider([source], _preprocessing);

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
        using var provider = new BackboneProvider([source], _preprocessing);

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => provider.GetAsync("built-in", cancellationToken: Canceled));
        await provider.GetAsync("built-in", cancellationToken: Canceled);

        Assert.Equal(2, loads);
    }

    [Fact]
    public async Task GetAsync_unknown_id_lists_the_known_ones()
    {
        using var provider = Provider(new BackboneOptions(), new StubBackbone());

        var exception = await Assert.ThrowsAsync<UnknownBackboneException>(() => provider.GetAsync("resnet", cancellationToken: Canceled));

        Assert.Contains("built-in, dinov2-vits14", exception.Message, StringComparison.Ordinal);
        Assert.Throws<UnknownBackboneException>(() => provider.IsDownloaded("resnet"));
    }

    [Theory]
    [InlineData("dinov2-vits14", 384, 0)]
    [InlineData("dinov2-vits14-reg", 384, 4)]
    [InlineData("dinov2-vitb14", 768, 0)]
    public async Task GetAsync_local_weights_of_any_size_are_loaded(string id, int width, int registers)
    {
        var options = new BackboneOptions { LocalWeights = { [id] = WriteWeights(width, registers) } };
        using var provider = Provider(options);

        var backbone = await provider.GetAsync(id, cancellationToken: Canceled);

        Assert.True(provider.IsDownloaded(id));
        Assert.Equal(0, provider.Available.Single(item => item.Id == id).DownloadBytes);
        Assert.Equal((id, width), (backbone.Info.Id, backbone.Info.Dimensions));
        Assert.Equal(0.9f, backbone.Info.DuplicateThreshold);
    }

    [Theory]
    [InlineData("dinov2-vitb14", 384, 0)]
    [InlineData("dinov2-vits14", 384, 4)]
    [InlineData("dinov2-vits14-reg", 384, 0)]
    public async Task GetAsync_local_weights_of_another_network_are_refused(string id, int width, int registers)
    {
        var options = new BackboneOptions { LocalWeights = { [id] = WriteWeights(width, registers) } };
        using var provider = Provider(options);

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => provider.GetAsync(id, cancellationToken: Canceled));
    }

    [Fact]
    public async Task GetAsync_local_weights_that_are_none_are_refused()
    {
        var path = Path.Combine(_folder, "weights");
        await File.WriteAllTextAsync(path, "no weights at all", Canceled);
        using var provider = Provider(new BackboneOptions { LocalWeights = { ["dinov2-vits14"] = path } });

        var exception = await Assert.ThrowsAsync<BackboneUnavailableException>(
            () => provider.GetAsync("dinov2-vits14", cancellationToken: Canceled));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_missing_local_weights_say_so()
    {
        var path = Path.Combine(_folder, "missing");
        using var provider = Provider(new BackboneOptions { LocalWeights = { ["dinov2-vitl14"] = path } });

        Assert.False(provider.IsDownloaded("dinov2-vitl14"));
        var exception = await Assert.ThrowsAsync<BackboneUnavailableException>(
            () => provider.GetAsync("dinov2-vitl14", cancellationToken: Canceled));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_damaged_download_in_the_cache_is_refused()
    {
        // The right size with other bytes.
        await using (var stream = File.Create(Path.Combine(_folder, "dinov2_vits14_pretrain.pth")))
        {
            stream.SetLength(88_283_115);
        }

        using var provider = Provider(new BackboneOptions { WeightsFolder = _folder });

        Assert.True(provider.IsDownloaded("dinov2-vits14"));
        await Assert.ThrowsAsync<BackboneUnavailableException>(() => provider.GetAsync("dinov2-vits14", cancellationToken: Canceled));
    }

    [Fact]
    public void Constructor_unknown_local_id_is_refused() => Assert.Throws<UnknownBackboneException>(
        () => Provider(new BackboneOptions { LocalWeights = { ["dinov2-vitg14"] = "x" } }));

    private BackboneProvider Provider(BackboneOptions options, StubBackbone? builtIn = null)
    {
        options.WeightsFolder ??= _folder;
        IBackboneSource[] sources = builtIn is null
            ? []
            : [new ShippedBackboneSource(new BackboneDescriptor("built-in", "stub", 1, 0, "MIT"), () => builtIn)];
        return new BackboneProvider(sources, _preprocessing, options);
    }

    private string WriteWeights(int width, int registers)
    {
        var path = Path.Combine(_folder, "local.safetensors");
        using var stream = File.Create(path);
        SafetensorsWriter.Write(stream, FormulaWeights.DinoV2(width, depth: 1, grid: 2, registers));
        return path;
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
