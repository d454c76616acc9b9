using DandelionMl.Mlflow;
using DandelionMl.Tool.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tool.Tests;

/// <summary>What turns MLflow on, and which of two settings holds.</summary>
public sealed class ConfiguredMlflowTests
{
    private const string Section = "DandelionMl:Mlflow:";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("file:///home/ann/mlruns")]
    [InlineData("sqlite:///mlflow.db")]
    [InlineData("databricks")]
    [InlineData("./mlruns")]
    public void Without_a_server_nothing_is_mirrored(string? variable) =>
        Assert.Null(Read(("MLFLOW_TRACKING_URI", variable), ("MLFLOW_TRACKING_TOKEN", "token"), ($"{Section}RegisteredModel", "plants")));

    [Fact]
    public void Variables_of_MLflow_are_read()
    {
        var options = Read(
            ("MLFLOW_TRACKING_URI", "http://mlflow:5000"), ("MLFLOW_TRACKING_USERNAME", "ann"), ("MLFLOW_TRACKING_PASSWORD", "word"),
            ("MLFLOW_TRACKING_TOKEN", "token"), ("MLFLOW_WORKSPACE", "team-a"), ("MLFLOW_EXPERIMENT_NAME", "flowers"))!;

        Assert.Equal(
            ("http://mlflow:5000/", "ann", "word", null, "team-a", "flowers"),
            (options.TrackingUri!.AbsoluteUri, options.Username, options.Password, options.Token, options.Workspace, options.Experiment));
    }

    [Fact]
    public void Own_settings_hold_and_credentials_are_of_one_place()
    {
        var options = Read(
            ($"{Section}TrackingUri", "https://own"), ($"{Section}Token", "own-token"), ($"{Section}Experiment", "own"),
            ("MLFLOW_TRACKING_URI", "http://ben:secret@other:5000"), ("MLFLOW_TRACKING_USERNAME", "ann"), ("MLFLOW_TRACKING_PASSWORD", "word"),
            ("MLFLOW_EXPERIMENT_NAME", "other"))!;

        Assert.Equal(
            ("https://own/", null, null, "own-token", "own"),
            (options.TrackingUri!.AbsoluteUri, options.Username, options.Password, options.Token, options.Experiment));
    }

    [Fact]
    public void Token_alone_is_taken() =>
        Assert.Equal("token", Read(("MLFLOW_TRACKING_URI", "http://mlflow:5000"), ("MLFLOW_TRACKING_TOKEN", "token"))!.Token);

    [Fact]
    public void Credentials_in_the_address_become_settings()
    {
        var options = Read(("MLFLOW_TRACKING_URI", "http://ann:p%40ss@mlflow:5000/tracking"))!;

        Assert.Equal(
            ("http://mlflow:5000/tracking", "ann", "p@ss"), (options.TrackingUri!.AbsoluteUri, options.Username, options.Password));
    }

    [Fact]
    public void Off_is_off_whatever_is_configured() => Assert.Null(Read(
        [
            ($"{Section}TrackingUri", "https://own"), ("MLFLOW_TRACKING_URI", "http://mlflow:5000"),
            .. ConfiguredMlflow.Off.Select(setting => (setting.Key, setting.Value)),
        ]));

    private static MlflowOptions? Read(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder();
        foreach (var (key, value) in settings)
        {
            configuration.AddInMemoryCollection([KeyValuePair.Create(key, value)]);
        }

        var services = new ServiceCollection();
        services.AddDandelionMl().AddConfiguredMlflow(configuration.Build());
        using var provider = services.BuildServiceProvider();
        return services.Any(service => service.ServiceType == typeof(MlflowOptions))
            ? provider.GetRequiredService<IOptions<MlflowOptions>>().Value
            : null;
    }
}
