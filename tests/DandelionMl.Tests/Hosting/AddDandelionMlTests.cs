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
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tests.Hosting;

public sealed class AddDandelionMlTests
{
    [Fact]
    public async Task AddDandelionMl_default_gives_every_part()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);

        await using var provider = services.BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.NotNull(provider.GetRequiredService<Trainer>());
        Assert.NotNull(provider.GetRequiredService<Classifier>());
        Assert.NotNull(provider.GetRequiredService<PromotionGate>());
        Assert.NotNull(provider.GetRequiredService<ModelReproduction>());
        Assert.Equal(["built-in-v1"], provider.GetRequiredService<IBackboneProvider>().Available.Select(backbone => backbone.Id));
    }

    [Fact]
    public async Task AddDandelionMl_again_without_settings_goes_on_with_it()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddDandelionMl();
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);
        services.AddDandelionMl().AddLearningLoop();

        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });

        Assert.Equal(folder.Path, provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.DataDirectory);
        Assert.Contains(provider.GetServices<IHostedService>(), service => service is ChampionWatcher);
    }

    [Fact]
    public void AddDandelionMl_again_with_settings_is_refused()
    {
        var services = new ServiceCollection();
        services.AddDandelionMl(options => options.DataDirectory = "plants");

        var error = Assert.Throws<InvalidOperationException>(() => services.AddDandelionMl(options => options.DataDirectory = "dogs"));

        Assert.Contains("AddKeyedDandelionMl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddDandelionMl_of_a_host_builder_reads_its_configuration_and_then_the_code()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DandelionMl:Pipelines:SchedulerEnabled"] = "false",
            ["DandelionMl:Training:Epochs"] = "7",
            ["DandelionMl:Training:Seed"] = "5",
        });
        builder.AddDandelionMl(options => options.Training.Epochs = 9).AddLearningLoop();
        using var provider = builder.Services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value;

        Assert.False(options.Pipelines.SchedulerEnabled);
        Assert.Equal((9, 5), (options.Training.Epochs, options.Training.Seed));
    }

    [Fact]
    public void AddDandelionMl_whole_configuration_is_read_by_its_section()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["DandelionMl:Training:Epochs"] = "7" }).Build();
        using var provider = new ServiceCollection().AddDandelionMl(configuration).Services.BuildServiceProvider();

        Assert.Equal(7, provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Training.Epochs);
    }

    [Fact]
    public async Task AddDandelionMl_part_of_the_application_is_kept()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddSingleton<IImageDecoder, FakeImageDecoder>();
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);

        await using var provider = services.BuildServiceProvider();

        Assert.IsType<FakeImageDecoder>(provider.GetRequiredService<IImageDecoder>());
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
