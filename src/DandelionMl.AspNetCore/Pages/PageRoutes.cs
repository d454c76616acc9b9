using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.SignIn;
using DandelionMl.AspNetCore.Security.Limits;
using Microsoft.AspNetCore.Components;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>The two groups that pages are mapped on. A page is a component, rendered once, on the server; what moves in it are the modules
/// in <c>wwwroot/js</c>, which call the API.</summary>
internal static class PageRoutes
{
    /// <summary>Pages for anyone.</summary>
    public static RouteGroupBuilder MapPublicPages(this IEndpointRouteBuilder routes) => Bound(routes.MapGroup("")).ForAnyone();

    /// <summary>Pages for administrators alone; others are sent to the page to sign in.</summary>
    public static RouteGroupBuilder MapAdminPages(this IEndpointRouteBuilder routes) =>
        Bound(routes.MapGroup("")).WithMetadata(new SignInAddress(SignInPages.AddressFrom));

    /// <summary>Maps a page that takes nothing from its address but what it supplies itself from the query.</summary>
    public static RouteHandlerBuilder MapPage<TPage>(this IEndpointRouteBuilder pages, string path)
        where TPage : IComponent => pages.MapGet(path, () => Render<TPage>());

    /// <summary>A page as an answer.</summary>
    /// <param name="parameters">Its parameters, an object with a property for each.</param>
    /// <param name="status">The answer's status.</param>
    public static PageResult Render<TPage>(object? parameters = null, int status = StatusCodes.Status200OK)
        where TPage : IComponent => new(typeof(TPage), parameters, status);

    /// <summary>Sends the reader on, after a form that changed something.</summary>
    /// <param name="path">The path of the page, without a slash at the start.</param>
    public static SeeOther SeeOther(string path) => new(path);

    private static RouteGroupBuilder Bound(RouteGroupBuilder group) =>
        group.DisableAntiforgery().ExcludeFromDescription().LimitTime(TimeLimits.Usual);
}
