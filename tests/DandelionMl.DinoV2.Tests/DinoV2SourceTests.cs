using DandelionMl.Backbones;
using DandelionMl.Backbones.Weights;
using DandelionMl.DinoV2.Download;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;

namespace DandelionMl.DinoV2.Tests;

public sealed class DinoV2SourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dandelionml-tests-").FullName;
    private readonly Preprocessing _preprocessing = new StubPreprocessing(28, 28);

    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Available_default_is_the_small_network_that_can_be_downloaded()
    {
        using var provider = Provider(new BackboneOptions());

        Assert.Equal(
            (string[])["dinov2-vits14", .. BFloat16Support.Missing is null ? ["dinov2-vits14-bf16"] : Array.Empty<string>()], provider.Available.Select(item => item.Id));
        Assert.Equal(88_283_115, provider.Available[0].DownloadBytes);
        Assert.Equal(384, provider.Available[0].Dimensions);
        Assert.Equal(100, provider.Available[0].Rank);
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

    [Fact]
    public async Task GetAsync_in_bfloat16_takes_the_weights_of_the_network_and_is_never_chosen_by_itself()
    {
        using var provider = Provider(new BackboneOptions { LocalWeights = { ["dinov2-vits14"] = WriteWeights(384, registers: 0) } });
        if (BFloat16Support.Missing is { } missing)
        {
            var refused = await Assert.ThrowsAsync<BackboneUnavailableException>(() => provider.GetAsync("dinov2-vits14-bf16", cancellationToken: Canceled));
            Assert.Contains(missing, refused.Message, StringComparison.Ordinal);
            return;
        }

        var backbone = await provider.GetAsync("dinov2-vits14-bf16", cancellationToken: Canceled);

        Assert.Equal("dinov2-vits14-bf16", backbone.Info.Space.BackboneId);
        Assert.Null(provider.Available.Single(item => item.Id == "dinov2-vits14-bf16").Rank);
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
    public async Task GetAsync_network_without_weights_or_download_says_what_to_do()
    {
        using var provider = Provider(new BackboneOptions());

        var exception = await Assert.ThrowsAsync<BackboneUnavailableException>(
            () => provider.GetAsync("dinov2-vitl14-reg", cancellationToken: Canceled));

        Assert.Contains("LocalWeights", exception.Message, StringComparison.Ordinal);
    }

    private BackboneProvider Provider(BackboneOptions options)
    {
        var downloader = new WeightsDownloader(
            () => throw new InvalidOperationException("No test downloads anything."), options.WeightsFolder ?? _folder, TimeProvider.System);
        return new BackboneProvider(
            DinoV2Source.Ids.Select(id => new DinoV2Source(id, options, downloader, _preprocessing, new DinoV2Options())), options);
    }

    private string WriteWeights(int width, int registers)
    {
        var path = Path.Combine(_folder, "local.safetensors");
        using var stream = File.Create(path);
        SafetensorsWriter.Write(stream, FormulaWeights.DinoV2(width, depth: 1, grid: 2, registers));
        return path;
    }
}
