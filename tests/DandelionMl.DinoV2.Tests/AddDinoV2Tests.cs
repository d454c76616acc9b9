using DandelionMl.Backbones;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.DinoV2.Tests;

public sealed class AddDinoV2Tests
{
    [Fact]
    public async Task AddDinoV2_adds_the_network_that_can_be_downloaded_behind_the_built_in_backbone()
    {
        await using var provider = new ServiceCollection().AddDandelionMl().AddDinoV2().Services.BuildServiceProvider();

        var available = provider.GetRequiredService<IBackboneProvider>().Available;

        Assert.Equal(["built-in-v1", "dinov2-vits14"], available.Where(backbone => backbone.Rank is not null).Select(backbone => backbone.Id));
        Assert.Equal([0, 100], available.Select(backbone => backbone.Rank).OfType<int>());
    }

    [Fact]
    public async Task AddDinoV2_twice_composes_its_settings()
    {
        await using var provider = new ServiceCollection().AddDandelionMl()
            .AddDinoV2(options => options.Threads = 3).AddDinoV2(options => options.DuplicateThreshold = 0.8f).Services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<DinoV2Options>>().Value;

        Assert.Equal((3, 0.8f), (options.Threads, options.DuplicateThreshold));
        Assert.Single(provider.GetRequiredService<IBackboneProvider>().Available, backbone => backbone.Id == "dinov2-vits14");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public async Task AddDinoV2_threads_out_of_range_are_named(int threads)
    {
        await using var provider = new ServiceCollection().AddDandelionMl().AddDinoV2(options => options.Threads = threads).Services.BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<DinoV2Options>>().Value);

        Assert.Contains("Threads", exception.Message, StringComparison.Ordinal);
    }
}
