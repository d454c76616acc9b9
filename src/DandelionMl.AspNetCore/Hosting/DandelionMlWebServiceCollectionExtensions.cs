using DandelionMl.AspNetCore;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Hosting;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Security;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Traffic;
using DandelionMl.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

// Extensions on the container are found without a using of their own.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds DandelionMl's HTTP API and web pages to an application.</summary>
public static class DandelionMlWebServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapDandelionMl</c> needs, beside <c>AddDandelionMl</c>. The application's own authentication, JSON, errors,
    /// languages
    /// and the like stay as they are. Settings come from the section <c>DandelionMl</c> of the application's configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddDandelionMlWeb(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new ConfiguredSection(
            provider.GetService<IConfiguration>()?.GetSection(DandelionMlOptions.SectionName)));
        return services.AddParts();
    }

    /// <inheritdoc cref="AddDandelionMlWeb(IServiceCollection)"/>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets settings, above those that are configured.</param>
    public static IServiceCollection AddDandelionMlWeb(this IServiceCollection services, Action<DandelionMlWebOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddDandelionMlWeb();
        services.Configure(configure);
        return services;
    }

    /// <summary>Adds what <c>MapDandelionMl</c> needs, beside <c>AddDandelionMl</c>. The application's own authentication, JSON, errors,
    /// languages
    /// and the like stay as they are.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section with the settings, read again when it changes; see <see cref="DandelionMlWebOptions"/>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddDandelionMlWeb(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSingleton(new ConfiguredSection(configuration));
        return services.AddParts();
    }

    private static IServiceCollection AddParts(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(FrameworkServices)))
        {
            return services;
        }

        services.AddSingleton<FrameworkServices>();
        services.AddSingleton<Mounts>();
        services.AddSingleton<RecentRequests>();
        services.AddSingleton<EndpointPipeline>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, HomeNegotiation>());
        services.AddSingleton<AdminSettings>();
        services.AddSingleton<WebOptionsSetup>();
        services.AddSingleton<IConfigureOptions<DandelionMlWebOptions>>(provider => provider.GetRequiredService<WebOptionsSetup>());
        services.AddSingleton<IOptionsChangeTokenSource<DandelionMlWebOptions>>(provider => provider.GetRequiredService<WebOptionsSetup>());
        services.AddSingleton<IValidateOptions<DandelionMlWebOptions>, WebOptionsValidator>();
        services.AddOptions<DandelionMlWebOptions>().ValidateOnStart();
        services.AddDandelionSecurity();
        services.AddDandelionApi();
        services.AddDandelionPages();
        return services;
    }
}
