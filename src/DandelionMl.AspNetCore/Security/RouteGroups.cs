using DandelionMl.AspNetCore.Security.Limits;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Security;

/// <summary>The two groups that the API's routes are mapped on, both under <c>/api/v1</c>.</summary>
internal static class RouteGroups
{
    private const string Prefix = "/api/v1";

    /// <summary>Bytes of a request's body, unless a route says otherwise by <see cref="LimitBody"/>.</summary>
    private const int MaxBody = 64 * 1024;

    /// <summary>Routes for administrators alone. On them already: the policy, antiforgery for cookies, a bound of 64 KiB on bodies, a
    /// time-out of 30 s, and the errors of these in the API's description. Endpoints take an <see cref="Actor"/> to know who asks. Those
    /// that stream without end call <c>DisableRequestTimeout</c>.</summary>
    public static RouteGroupBuilder MapAdminApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix)
            .RequireAuthorization(AdminPolicy.Name)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        return Bound(group);
    }

    /// <summary>Routes for anyone, with the same bounds.</summary>
    public static RouteGroupBuilder MapPublicApi(this IEndpointRouteBuilder routes) => Bound(routes.MapGroup(Prefix).AllowAnonymous());

    /// <summary>Bounds a request's body, in place of the group's bound.</summary>
    /// <param name="builder">The route.</param>
    /// <param name="bytes">The most that it may hold.</param>
    public static TBuilder LimitBody<TBuilder>(this TBuilder builder, long bytes)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequestSizeLimitAttribute(bytes));

    // The framework's own antiforgery would ask for tokens where forms are read, of keys too; CookieAntiforgery asks where there is a cookie.
    private static RouteGroupBuilder Bound(RouteGroupBuilder group)
    {
        group.DisableAntiforgery().LimitBody(MaxBody).WithRequestTimeout(RequestTimeouts.Usual);
        return group;
    }
}
