using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Puts together who may do what, and how often.</summary>
internal static class SecuritySetup
{
    private static readonly IReadOnlyList<Type> _frameworkTypes =
    [
        typeof(IAuthenticationService),
        typeof(IAuthenticationHandlerProvider),
        typeof(IAuthenticationSchemeProvider),
        typeof(PolicySchemeHandler),
        typeof(CookieAuthenticationHandler),
        typeof(ApiKeyAuthentication),
        typeof(IDataProtectionProvider),
        typeof(IAntiforgery),
    ];

    public static void AddDandelionSecurity(this IServiceCollection services)
    {
        services.AddSingleton(new FrameworkPart(_frameworkTypes, AddFramework));
        services.AddHttpContextAccessor();

        // What endpoints take as a parameter. A method BindAsync of its type would be compiled anew for each of them, before the first answer.
        services.TryAddTransient(provider => Actor.Find(provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.User)!);
        services.TryAddSingleton<AdminCredentials>();
        services.AddHostedService<AdminWatch>();
        services.TryAddSingleton<ApplicationPolicy>();
        services.TryAddSingleton<AdminGate>();
        services.TryAddSingleton<CookieAntiforgery>();
        services.TryAddSingleton<RateLimits>();
        services.TryAddSingleton<Repetitions>();
        services.TryAddSingleton<PhotoTraffic>();
        services.TryAddSingleton<PhotoReception>();
        services.TryAddSingleton<SignInLockout>();
        services.TryAddSingleton<SharedLockout>();
        services.TryAddSingleton<KnownDevices>();
        services.TryAddSingleton<EndedSessions>();
        services.TryAddSingleton<SharedKeys>();
        services.TryAddSingleton<PersonSessions>();
        services.TryAddSingleton<PasswordSignIn>();
    }

    private static void AddFramework(IServiceCollection own, IServiceProvider application)
    {
        own.AddKeyRing(application);
        own.AddSingleton(application.GetRequiredService<AdminCredentials>());
        own.AddSingleton(application.GetRequiredService<Repetitions>());
        own.AddAuthentication(AdminSchemes.Either)
            .AddPolicyScheme(AdminSchemes.Either, displayName: null, scheme => scheme.ForwardDefaultSelector = context =>
                ApiKeyAuthentication.IsTried(context.Request) ? AdminSchemes.Key : AdminSchemes.Session)
            .AddSessionCookie(application)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(AdminSchemes.Key, configureOptions: null);
        own.AddAntiforgery(options =>
        {
            options.Cookie = new MountCookie("dandelion-antiforgery");
            options.HeaderName = CookieAntiforgery.Header;

            // SecurityHeaders sets a stricter one.
            options.SuppressXFrameOptionsHeader = true;
        });
    }
}
