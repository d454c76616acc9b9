using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Puts together who may do what, how often, and what browsers are told.</summary>
internal static class SecuritySetup
{
    private static readonly TimeSpan HstsAge = TimeSpan.FromDays(365);

    public static IServiceCollection AddDandelionSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AdminOptions>().Bind(configuration.GetSection(AdminOptions.SectionName));
        services.AddSingleton<AdminCredentials>();
        services.AddHostedService<AdminWatch>();

        services.AddOptions<SecurityOptions>().Bind(configuration.GetSection(SecurityOptions.SectionName)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>());
        services.AddReverseProxies();
        services.AddRateLimits();
        services.AddRequestTimeouts();
        services.AddSingleton<SignInLockout>();

        services.AddKeyRing(configuration);
        services.AddSingleton<KnownDevices>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<PersonSessions>();
        services.AddSingleton<PasswordSignIn>();
        services.AddAuthentication(AdminSchemes.Either)
            .AddPolicyScheme(AdminSchemes.Either, displayName: null, scheme => scheme.ForwardDefaultSelector = context =>
                ApiKeyAuthentication.IsTried(context.Request) ? AdminSchemes.Key : AdminSchemes.Session)
            .AddSessionCookie()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(AdminSchemes.Key, configureOptions: null);
        services.AddAdminPolicy();
        services.AddAntiforgery(ConfigureAntiforgery);

        services.AddHsts(hsts => hsts.MaxAge = HstsAge);
        services.Configure<KestrelServerOptions>(Harden);
        return services;
    }

    /// <summary>What stands before all else.</summary>
    public static void UseDandelionEdge(this WebApplication application)
    {
        application.UseReverseProxies();
        application.UseMiddleware<SecurityHeaders>();
        if (application.Services.GetRequiredService<IOptions<SecurityOptions>>().Value.Hsts)
        {
            application.UseHsts();
        }
    }

    /// <summary>What stands before the routes. Limits first, so that a flood costs nothing more.</summary>
    public static void UseDandelionSecurity(this WebApplication application)
    {
        application.UseRequestTimeouts();
        application.UseRateLimiter();
        application.UseAuthentication();
        application.UseAuthorization();
        application.UseMiddleware<CookieAntiforgery>();
    }

    private static void ConfigureAntiforgery(AntiforgeryOptions options)
    {
        SessionCookie.Guard(options.Cookie, "dandelion-antiforgery");
        options.HeaderName = CookieAntiforgery.Header;

        // SecurityHeaders sets a stricter one.
        options.SuppressXFrameOptionsHeader = true;
    }

    private static void Harden(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }

    private sealed class SecurityOptionsValidator : IValidateOptions<SecurityOptions>
    {
        public ValidateOptionsResult Validate(string? name, SecurityOptions options) =>
            options.Failures().ToList() is { Count: > 0 } failures ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
