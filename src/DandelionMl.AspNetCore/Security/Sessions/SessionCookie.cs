using DandelionMl.AspNetCore.Security.Credentials;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>The cookies of this host: for no script, sent by no other site, and over https alone where they were got over https.</summary>
internal static class SessionCookie
{
    public const string Name = "dandelion-session";

    public static AuthenticationBuilder AddSessionCookie(this AuthenticationBuilder builder)
    {
        builder.Services.AddOptions<CookieAuthenticationOptions>(AdminSchemes.Session).Configure<IOptions<AdminOptions>>((cookie, admin) =>
        {
            Guard(cookie.Cookie, Name);
            cookie.ExpireTimeSpan = admin.Value.SessionLifetime;
            cookie.SlidingExpiration = true;
            cookie.Events = new CookieAuthenticationEvents
            {
                OnValidatePrincipal = context =>
                    context.HttpContext.RequestServices.GetRequiredService<PersonSessions>().ValidateAsync(context),
            };
        });
        return builder.AddCookie(AdminSchemes.Session);
    }

    public static void Guard(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Strict;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.IsEssential = true;
    }
}
