using DandelionMl.Backbones;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DandelionMl.Tests.Hosting;

public sealed class ConfiguredBackboneCheckTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("built-in-v1")]
    public async Task Start_backbone_that_there_is_starts(string id)
    {
        using var folder = new TemporaryFolder();
        using var host = Build(folder, id);

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("built-in-v2")]
    [InlineData("built-in-v1-fp8")]
    public async Task Start_unknown_backbone_or_precision_is_refused_with_those_there_are(string id)
    {
        using var folder = new TemporaryFolder();
        using var host = Build(folder, id);

        var error = await Assert.ThrowsAsync<BackboneUnavailableException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal($"There is no backbone '{id}'. Known: built-in-v1.", error.Message);
    }

    private static IHost Build(TemporaryFolder folder, string backbone)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDandelionMl(options => (options.DataDirectory, options.Backbone) = (folder.Path, backbone));
        return builder.Build();
    }
}
