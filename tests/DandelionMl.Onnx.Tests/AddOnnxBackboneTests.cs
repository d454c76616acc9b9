using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Onnx.Added;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.Onnx.Tests;

public sealed class AddOnnxBackboneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("auto", "built-in-v1")]
    [InlineData("mine", "mine")]
    public async Task Backbone_of_the_code_is_chosen_by_its_id_alone(string preference, string chosen)
    {
        var path = _folder.Write("net.onnx", ShapedGraphs.Plain("n").ToModel());
        await using var provider = Build(preference, builder => builder.AddOnnxBackbone("mine", options => options.Path = path));

        Assert.Contains("mine", provider.GetRequiredService<IBackboneProvider>().Available.Select(backbone => backbone.Id));
        var backbone = await provider.GetRequiredService<BackboneSelection>().SelectAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(chosen, backbone.Info.Id);
    }

    [Fact]
    public async Task Backbones_of_the_configuration_and_of_the_data_directory_are_known()
    {
        var path = _folder.Write("net.onnx", ShapedGraphs.Tokens(leading: 1).ToModel());
        new AddedBackbones(_folder.Sub("data")).Add("added", new OnnxBackboneOptions { Path = path });
        await using var provider = Build("auto", builder => builder.AddOnnxBackbones(Section(
            ("DandelionMl:Backbones:Onnx:configured:Path", path), ("DandelionMl:Backbones:Onnx:configured:MeanPool", "true"),
            ("DandelionMl:Backbones:Onnx:configured:License", "MIT"))));
        var backbones = provider.GetRequiredService<IBackboneProvider>();

        Assert.Equal(["built-in-v1", "configured", "added"], backbones.Available.Select(backbone => backbone.Id));
        Assert.Equal("MIT", backbones.Available[1].License);
        var configured = (OnnxBackbone)await backbones.GetAsync("configured", null, TestContext.Current.CancellationToken);
        Assert.Equal("last_hidden_state: the mean over 4 of 5 tokens", configured.Reading);
    }

    [Fact]
    public async Task Two_backbones_of_one_id_are_told()
    {
        var path = _folder.Write("net.onnx", ShapedGraphs.Plain("n").ToModel());
        new AddedBackbones(_folder.Sub("data")).Add("mine", new OnnxBackboneOptions { Path = path });
        await using var provider = Build("auto", builder => builder.AddOnnxBackbones(Section(("DandelionMl:Backbones:Onnx:mine:Path", path))));

        var error = Assert.Throws<BackboneUnavailableException>(() => provider.GetRequiredService<IBackboneProvider>());

        Assert.Contains("There are two backbones 'mine'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_checked_at_start()
    {
        await using var provider = Build("auto", builder => builder.AddOnnxBackbones(Section(
            ("DandelionMl:Backbones:Onnx:mine:Threads", "0"))));

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("The ONNX backbone 'mine' has no Path", error.Message, StringComparison.Ordinal);
        Assert.Contains("Threads", error.Message, StringComparison.Ordinal);
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build()
        .GetSection(OnnxBackboneOptions.SectionName);

    private ServiceProvider Build(string preference, Action<DandelionMlBuilder> add)
    {
        var services = new ServiceCollection();
        add(services.AddDandelionMl(options =>
        {
            options.DataDirectory = _folder.Sub("data");
            options.Backbone = preference;
        }));
        return services.BuildServiceProvider();
    }
}
