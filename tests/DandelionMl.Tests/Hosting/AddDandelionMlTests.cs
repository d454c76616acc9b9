using DandelionMl.Backbones;
using DandelionMl.Classification;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using DandelionMl.Promotion;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tests.Hosting;

public sealed class AddDandelionMlTests
{
    [Fact]
    public async Task AddDandelionMl_default_gives_every_part_and_builds_twice_over_one_collection()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);

        await using var provider = services.BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.NotNull(provider.GetRequiredService<Trainer>());
        Assert.NotNull(provider.GetRequiredService<Classifier>());
        Assert.NotNull(provider.GetRequiredService<PromotionGate>());
        Assert.NotNull(provider.GetRequiredService<ModelReproduction>());
        Assert.Equal(
            ["built-in-v1", "dinov2-vits14"],
            provider.GetRequiredService<IBackboneProvider>().Available.Select(backbone => backbone.Id).Take(2));
    }

    [Fact]
    public async Task AddDandelionMl_part_of_the_application_is_kept()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddSingleton<IImageDecoder, FakeDecoder>();
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);

        await using var provider = services.BuildServiceProvider();

        Assert.IsType<FakeDecoder>(provider.GetRequiredService<IImageDecoder>());
        Assert.IsType<FolderImageStore>(provider.GetRequiredService<IImageStore>());
    }

    [Fact]
    public async Task AddDandelionMl_configuration_sets_every_kind_of_setting()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DandelionMl:DataDirectory"] = "/somewhere",
            ["DandelionMl:Backbone"] = "dinov2-vitb14",
            ["DandelionMl:Images:MaxBytes"] = "1000",
            ["DandelionMl:Training:Epochs"] = "7",
            ["DandelionMl:Gate:MinimumAccuracy"] = "0.95",
            ["DandelionMl:Classifier:ChampionPollInterval"] = "00:00:05",
            ["DandelionMl:Backbones:LocalWeights:dinov2-vitb14"] = "/weights.pth",
        }).Build();

        await using var provider = new ServiceCollection().AddDandelionMl(configuration.GetSection("DandelionMl")).Services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value;

        Assert.Equal(("/somewhere", "dinov2-vitb14"), (options.DataDirectory, options.Backbone));
        Assert.Equal((1000, 7, TimeSpan.FromSeconds(5)), (options.Images.MaxBytes, options.Training.Epochs, options.Classifier.ChampionPollInterval));
        Assert.Equal(0.95, options.Gate.MinimumAccuracy);
        Assert.Equal("/weights.pth", options.Backbones.LocalWeights["dinov2-vitb14"]);
    }

    [Theory]
    [InlineData("Training:LearningRate", "0")]
    [InlineData("Training:TestFraction", "1")]
    [InlineData("Classifier:MaxBatchSize", "0")]
    [InlineData("Images:MaxPixels", "-1")]
    [InlineData("Gate:MinimumAccuracy", "1.5")]
    [InlineData("Gate:MinimumTestImagesPerClass", "0")]
    [InlineData("Gate:SignificanceLevel", "0.9")]
    [InlineData("Backbone", "")]
    [InlineData("DataDirectory", "")]
    public async Task AddDandelionMl_setting_out_of_range_is_refused_by_name(string key, string value)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [$"DandelionMl:{key}"] = value }).Build();

        await using var provider = new ServiceCollection().AddDandelionMl(configuration.GetSection("DandelionMl")).Services.BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value);

        Assert.Contains(key.Split(':')[^1], error.Message, StringComparison.Ordinal);
    }
}
