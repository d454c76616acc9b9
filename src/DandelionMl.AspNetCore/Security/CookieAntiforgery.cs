using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Asks for an antiforgery token where a change is asked for by a cookie, which browsers send unasked. A key is never sent unasked,
/// nor is a bearer token, so they need none.</summary>
internal sealed class CookieAntiforgery(FrameworkServices framework)
{
    public const string Header = "X-Csrf-Token";

    private readonly IAntiforgery _antiforgery = framework.Get<IAntiforgery>();

    /// <summary>A token for the request's user, who is signed in.</summary>
    public AntiforgeryTokenSet CreateToken(HttpContext context) => _antiforgery.GetAndStoreTokens(context);

    /// <summary>Lets a request pass, or answers it.</summary>
    /// <returns>Whether it may go on.</returns>
    public async Task<bool> PassAsync(HttpContext context, EndpointRules rules)
    {
        if (!NeedsToken(context, rules))
        {
            return true;
        }

        try
        {
            await _antiforgery.ValidateRequestAsync(context).ConfigureAwait(false);
            return true;
        }
        catch (AntiforgeryValidationException)
        {
            await context.WriteProblemAsync(
                StatusCodes.Status400BadRequest,
                "The antiforgery token is missing or invalid",
                $"Send the token that GET {Mount.RootOf(context)}{RouteGroups.Prefix}/session returns in the header {Header}.").ConfigureAwait(false);
            return false;
        }
    }

    private static bool NeedsToken(HttpContext context, EndpointRules rules)
    {
        var method = context.Request.Method;
        var isSafe = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
        return !isSafe && !rules.IsForAnyone && Actor.Find(context.User)?.Kind == ActorKind.Person && !HasBearerToken(context.Request);
    }

    private static bool HasBearerToken(HttpRequest request) =>
        request.Headers[HeaderNames.Authorization].ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
}
