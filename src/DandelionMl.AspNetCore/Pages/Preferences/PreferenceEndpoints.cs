using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Pages.Preferences;

/// <summary><c>POST /preferences</c>: the reader's language and theme, kept in cookies. Works without scripts.</summary>
internal static class PreferenceEndpoints
{
    public const string ThemeCookie = "dandelion-theme";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    public static void MapPreferences(this IEndpointRouteBuilder routes) =>
        routes.MapPublicPages().MapPost("/preferences", Set).LimitBody(4_096);

    /// <summary>The theme that the reader chose; null for the one of the device.</summary>
    public static string? FindTheme(HttpContext context) => context.Request.Cookies[ThemeCookie] is ("light" or "dark") and var theme ? theme : null;

    private static RedirectHttpResult Set(
        HttpContext context, PageAddress address, [FromForm] string? language = null, [FromForm] string? theme = null, [FromForm(Name = "return")] string? path = null)
    {
        if (language is not null && Languages.All.Contains(language))
        {
            Keep(context, Languages.Cookie, language);
        }

        if (theme is "light" or "dark")
        {
            Keep(context, ThemeCookie, theme);
        }
        else if (theme == "device")
        {
            Forget(context, ThemeCookie);
        }

        return TypedResults.LocalRedirect(address.LocalOrHome(path));
    }

    private static void Forget(HttpContext context, string name) =>
        context.Response.Cookies.Delete(name, new CookieOptions { Path = MountCookie.PathOf(context) });

    // Read by the script that switches the theme at once, and worth nothing to anybody else.
    private static void Keep(HttpContext context, string name, string value) => context.Response.Cookies.Append(
        name,
        value,
        new CookieOptions
        {
            Path = MountCookie.PathOf(context),
            MaxAge = Lifetime,
            SameSite = SameSiteMode.Lax,
            IsEssential = true,
            Secure = context.Request.IsHttps,
        });
}
