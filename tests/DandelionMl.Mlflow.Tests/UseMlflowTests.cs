using DandelionMl.Mlflow.Mirroring;
using DandelionMl.Tests.Support;
using DandelionMl.Tracking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Mlflow.Tests;

public sealed class UseMlflowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Settings_of_a_section_are_read_and_the_tracker_is_the_mirrors()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["My:Mlflow:TrackingUri"] = "https://mlflow.example.org/tracking", ["My:Mlflow:Timeout"] = "00:00:07", ["My:Mlflow:MaximumAge"] = "3.00:00:00",
        }).Build();
        var services = new ServiceCollection();
        services.AddDandelionMl(options => options.DataDirectory = _folder.Path).UseMlflow(configuration.GetSection("My:Mlflow"));
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<MlflowOptions>>().Value;

        Assert.Equal(
            ("https://mlflow.example.org/tracking", TimeSpan.FromSeconds(7), TimeSpan.FromDays(3)),
            (options.TrackingUri!.AbsoluteUri, options.Timeout, options.MaximumAge));
        Assert.IsType<MlflowExperimentTracker>(provider.GetRequiredService<IExperimentTracker>());
        Assert.Contains(provider.GetServices<IHostedService>(), service => service is MlflowMirrorService);
    }

    [Fact]
    public async Task Wrong_setting_of_a_classifier_under_a_key_is_told_at_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddKeyedDandelionMl("plants", options => options.DataDirectory = _folder.Path).UseMlflow(_ => { });
        using var host = builder.Build();

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Contains("MlflowOptions:TrackingUri is empty", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_starts_and_stops_though_the_server_is_not_there()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDandelionMl(options => options.DataDirectory = _folder.Path)
            .UseMlflow(options => options.TrackingUri = new Uri("http://127.0.0.1:1"));
        using var host = builder.Build();

        await host.StartAsync(Token);
        await host.StopAsync(Token);
    }
}
