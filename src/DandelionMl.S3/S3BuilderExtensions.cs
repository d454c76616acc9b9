using DandelionMl;
using DandelionMl.Storage;
using DandelionMl.S3;
using DandelionMl.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

// Found where AddDandelionMl is found.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps photos and models in an S3-compatible store.</summary>
public static class S3BuilderExtensions
{
    /// <summary>Keeps photos and models in an S3-compatible store instead of the data directory, or of any store added before.</summary>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configure">Sets the settings, checked at start.</param>
    /// <returns>The builder, to go on with.</returns>
    public static DandelionMlBuilder UseS3(this DandelionMlBuilder builder, Action<S3Options> configure) =>
        Add(builder, configure, nameof(S3Options));

    /// <inheritdoc cref="UseS3(DandelionMlBuilder, Action{S3Options})"/>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <param name="configuration">The section with the settings, checked at start; see <see cref="S3Options"/>.</param>
    public static DandelionMlBuilder UseS3(this DandelionMlBuilder builder, IConfigurationSection configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(builder, options => configuration.Bind(options), configuration.Path);
    }

    private static DandelionMlBuilder Add(DandelionMlBuilder builder, Action<S3Options> configure, string section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<S3Options>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<S3Options>>(new S3OptionsValidator(section));
        services.TryAddSingleton(provider => new S3ImageStore(
            provider.GetRequiredService<IOptions<S3Options>>().Value, provider.GetRequiredService<RetryTelemetry>()));
        services.Replace(ServiceDescriptor.Singleton<IImageStore>(provider => provider.GetRequiredService<S3ImageStore>()));
        return builder;
    }
}
