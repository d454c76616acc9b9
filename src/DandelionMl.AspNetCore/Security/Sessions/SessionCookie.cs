using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>The cookie of a person who signed in.</summary>
internal static class SessionCookie
{
    public const string Name = "dandelion-session";

    public static AuthenticationBuilder AddSessionCookie(this AuthenticationBuilder builder, IServiceProvider application) =>
        builder.AddCookie(AdminSchemes.Session, cookie =>
        {
            cookie.Cookie = new MountCookie(Name);
            cookie.ExpireTimeSpan = application.GetRequiredService<IOptions<DandelionMlWebOptions>>().Value.Admin.SessionLifetime;
            cookie.SlidingExpiration = true;
            cookie.Events = new CookieAuthenticationEvents
            {
                OnValidatePrincipal = context =>
                    context.HttpContext.RequestServices.GetRequiredService<PersonSessions>().ValidateAsync(context),
            };
        });
}
