using DandelionMl;
using DandelionMl.Hosting;
using Microsoft.Extensions.Hosting;

// Extensions on the container are found without a using of their own.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds DandelionMl to an application with the settings in its configuration: <c>appsettings.json</c>, environment variables such
/// as <c>DandelionMl__DataDirectory</c>, and so on.</summary>
public static class DandelionMlHostApplicationBuilderExtensions
{
    /// <inheritdoc cref="DandelionMlServiceCollectionExtensions.AddDandelionMl(IServiceCollection)"/>
    /// <param name="builder">The application's builder, whose configuration section <c>DandelionMl</c> has the settings.</param>
    /// <param name="configure">Sets settings after the configuration did; null for none.</param>
    /// <exception cref="InvalidOperationException">Settings were given before: this would silently change them.</exception>
    public static DandelionMlBuilder AddDandelionMl(this IHostApplicationBuilder builder, Action<DandelionMlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddDandelionMl(builder.Configuration, configure);
    }

    /// <inheritdoc cref="DandelionMlKeyedExtensions.AddKeyedDandelionMl(IServiceCollection, string, Action{DandelionMlOptions}?)"/>
    /// <param name="builder">The application's builder, whose configuration section <c>DandelionMl:{key}</c> has the settings.</param>
    /// <param name="key">The key: a name made of letters, digits, <c>-</c>, <c>_</c> and <c>.</c></param>
    /// <param name="configure">Sets settings after the configuration did; null for none.</param>
    public static DandelionMlBuilder AddKeyedDandelionMl(
        this IHostApplicationBuilder builder, string key, Action<DandelionMlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddKeyedDandelionMl(key, builder.Configuration, configure);
    }
}
