using DandelionMl;
using DandelionMl.Backbones;
using DandelionMl.DinoV2;
using DandelionMl.DinoV2.Download;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

// Found where AddDandelionMl is found.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds DINOv2 to the backbones.</summary>
public static class DinoV2BuilderExtensions
{
    /// <summary>Adds the DINOv2 networks to the backbones. A new data directory then uses <c>dinov2-vits14</c>, if its weights are
    /// available or can be downloaded.</summary>
    /// <remarks>The application adds libtorch's native libraries itself, by the package <c>TorchSharp-cpu</c> (any platform) or
    /// <c>libtorch-cpu-linux-x64</c> (one alone). Without them the networks can't be loaded, and the error says so.</remarks>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <returns>The builder, to go on with.</returns>
    public static DandelionMlBuilder AddDinoV2(this DandelionMlBuilder builder) => builder.AddDinoV2(_ => { });

    /// <inheritdoc cref="AddDinoV2(DandelionMlBuilder)"/>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configuration">The section with the settings, checked at start; see <see cref="DinoV2Options"/>.</param>
    public static DandelionMlBuilder AddDinoV2(this DandelionMlBuilder builder, IConfigurationSection configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.AddDinoV2(configuration.Bind);
    }

    /// <inheritdoc cref="AddDinoV2(DandelionMlBuilder)"/>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configure">Sets the settings, checked at start.</param>
    public static DandelionMlBuilder AddDinoV2(this DandelionMlBuilder builder, Action<DinoV2Options> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        var isFirst = services.All(service => service.ServiceType != typeof(WeightsDownloader));
        services.AddOptions<DinoV2Options>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DinoV2Options>, DinoV2OptionsValidator>());
        if (!isFirst)
        {
            return builder;
        }

        services.AddHttpClient(WeightsDownloader.ClientName, WeightsDownloader.Configure)
            .ConfigurePrimaryHttpMessageHandler(WeightsDownloader.CreateHandler);
        services.AddSingleton(provider =>
        {
            var clients = provider.GetRequiredService<IHttpClientFactory>();
            return new WeightsDownloader(
                () => clients.CreateClient(WeightsDownloader.ClientName), Backbones(provider).WeightsFolder, provider.GetRequiredService<TimeProvider>());
        });
        foreach (var id in DinoV2Source.Ids)
        {
            services.AddSingleton<IBackboneSource>(provider => new DinoV2Source(
                id, Backbones(provider), provider.GetRequiredService<WeightsDownloader>(), Preprocessing.SquashBilinear224,
                provider.GetRequiredService<IOptions<DinoV2Options>>().Value));
        }

        return builder;
    }

    private static BackboneOptions Backbones(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Backbones;
}
