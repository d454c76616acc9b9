using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Limits;

namespace DandelionMl.AspNetCore.Security;

/// <summary>The two groups that the API's routes are mapped on, both under <c>/api/v1</c>.</summary>
internal static class RouteGroups
{
    /// <summary>The path of the API below its mount.</summary>
    public const string Prefix = "/api/v1";

    /// <summary>Bytes of a request's body, unless a route says otherwise.</summary>
    private const int MaxBody = 64 * 1024;

    /// <summary>Routes for administrators alone. On them already: antiforgery for cookies, a bound of 64 KiB on bodies, a time-out of 30 s,
    /// and the errors of these in the API's description. Endpoints take an <see cref="Actor"/> to know who asks. Those that stream without
    /// end have no <see cref="EndpointRulesExtensions.LimitTime"/>.</summary>
    public static RouteGroupBuilder MapAdminApi(this IEndpointRouteBuilder routes) => Bound(routes.MapGroup(Prefix))
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden);

    /// <summary>Routes for anyone, with the same bounds.</summary>
    public static RouteGroupBuilder MapPublicApi(this IEndpointRouteBuilder routes) => Bound(routes.MapGroup(Prefix)).ForAnyone();

    // The framework's own antiforgery would ask for tokens where forms are read, of keys too; CookieAntiforgery asks where there is a cookie.
    private static RouteGroupBuilder Bound(RouteGroupBuilder group) =>
        group.DisableAntiforgery().WithMetadata(new DataOnly()).LimitBody(MaxBody).LimitTime(TimeLimits.Usual);
}
