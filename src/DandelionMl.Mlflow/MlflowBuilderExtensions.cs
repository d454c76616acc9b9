using System.Security.Cryptography;
using System.Text;
using DandelionMl;
using DandelionMl.Data;
using DandelionMl.Mlflow;
using DandelionMl.Mlflow.Client;
using DandelionMl.Mlflow.Mirroring;
using DandelionMl.Tracking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

// Found where AddDandelionMl is found.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Mirrors trainings to an MLflow tracking server.</summary>
public static class MlflowBuilderExtensions
{
    /// <summary>Mirrors every training to an MLflow tracking server (2.9 or later): a run with its params, metrics, files and data sets, and
    /// a version of the registered model whose aliases follow the champion and the candidate. It is done in the background while the
    /// application's host runs, by one process at a time; a server that is away delays nothing but the copy.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configure">Sets the settings, checked at start.</param>
    /// <returns>The builder, to go on with.</returns>
    public static DandelionMlBuilder UseMlflow(this DandelionMlBuilder builder, Action<MlflowOptions> configure) =>
        Add(builder, configure, nameof(MlflowOptions));

    /// <inheritdoc cref="UseMlflow(DandelionMlBuilder, Action{MlflowOptions})"/>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configuration">The section with the settings, checked at start; see <see cref="MlflowOptions"/>.</param>
    public static DandelionMlBuilder UseMlflow(this DandelionMlBuilder builder, IConfigurationSection configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(builder, options => configuration.Bind(options), configuration.Path);
    }

    private static DandelionMlBuilder Add(DandelionMlBuilder builder, Action<MlflowOptions> configure, string section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<MlflowOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MlflowOptions>>(new MlflowOptionsValidator(section));
        services.TryAddSingleton(provider => new MlflowTransport(
            Options(provider), MlflowHttp.CreateHandler(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new TrackingOutbox(
            provider.GetRequiredService<Database>(), ServerId(Options(provider)), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(Options);
        services.TryAddSingleton<MlflowClient>();
        services.TryAddSingleton<OwnIds>();
        services.TryAddSingleton<RunMirror>();
        services.TryAddSingleton<ModelMirror>();
        services.TryAddSingleton<StateMirror>();
        services.TryAddSingleton<TrainingMirror>();
        services.TryAddSingleton(new MirrorBackoff(Random.Shared.NextDouble));
        services.TryAddSingleton<MlflowMirror>();
        services.TryAddSingleton<MlflowExperimentTracker>();
        services.Replace(ServiceDescriptor.Singleton<IExperimentTracker>(provider => provider.GetRequiredService<MlflowExperimentTracker>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MlflowMirrorService>());
        return builder;
    }

    private static MlflowOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<MlflowOptions>>().Value;

    /// <summary>What is mirrored to, as the database knows it: with another server or experiment everything is mirrored anew.</summary>
    private static string ServerId(MlflowOptions options) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', options.TrackingUri!.AbsoluteUri.TrimEnd('/'), options.Workspace, options.Experiment, options.RegisteredModel))));
}
