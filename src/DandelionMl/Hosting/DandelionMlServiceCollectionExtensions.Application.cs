using DandelionMl;
using DandelionMl.Hosting;
using Microsoft.Extensions.Hosting;

// Extensions on the container are found without a using of their own.
namespace Microsoft.Extensions.DependencyInjection;

// With the settings in the application's configuration.
public static partial class DandelionMlServiceCollectionExtensions
{
    /// <inheritdoc cref="AddDandelionMl(IServiceCollection)"/>
    /// <param name="builder">The application's builder, whose configuration section <c>DandelionMl</c> has the settings:
    /// <c>appsettings.json</c>,
    /// environment variables such as <c>DandelionMl__DataDirectory</c>, and so on.</param>
    /// <exception cref="InvalidOperationException">Settings were given before: this would silently change them.</exception>
    public static DandelionMlBuilder AddDandelionMl(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddDandelionMl(builder.Configuration);
    }

    /// <inheritdoc cref="AddDandelionMl(IHostApplicationBuilder)"/>
    /// <param name="builder">The application's builder, whose configuration section <c>DandelionMl</c> has the settings.</param>
    /// <param name="configure">Sets settings after the configuration did.</param>
    public static DandelionMlBuilder AddDandelionMl(this IHostApplicationBuilder builder, Action<DandelionMlOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Services.AddDandelionMl(builder.Configuration, configure);
    }

    /// <inheritdoc cref="AddKeyedDandelionMl(IServiceCollection, string, Action{DandelionMlOptions}?)"/>
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
