using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Finds out who asks, and answers those who are not let in: 401, or 403 while administration is off; people who open a page are
/// sent to the page to sign in. An administrator is who is signed in or has a key; where the application names a policy of its own, who
/// meets that.</summary>
internal sealed class AdminGate(AdminCredentials credentials, PersonSessions sessions, ApplicationPolicy policy)
{
    public const string OffTitle = "Administration is off";

    /// <summary>Makes the request's user the administrator who asks, if it is one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="application">The application's services.</param>
    /// <param name="rules">What the endpoint asks for.</param>
    /// <returns>Whether the request may go on; else it is answered.</returns>
    public async Task<bool> PassAsync(HttpContext context, IServiceProvider application, EndpointRules rules)
    {
        if (policy.IsGiven)
        {
            return await policy.PassAsync(context, application, rules).ConfigureAwait(false);
        }

        var result = ApiKeyAuthentication.IsTried(context.Request) || await sessions.CanReadAsync(context).ConfigureAwait(false)
            ? await context.AuthenticateAsync(AdminSchemes.Either).ConfigureAwait(false)
            : AuthenticateResult.NoResult();
        context.User = result.Principal ?? new();
        if (rules.IsForAnyone || Actor.Find(context.User) is not null)
        {
            return true;
        }

        await RefuseAsync(context, rules).ConfigureAwait(false);
        return false;
    }

    private async Task RefuseAsync(HttpContext context, EndpointRules rules)
    {
        if (rules.SignInAddress is { } address && HttpMethods.IsGet(context.Request.Method) && context.Request.AcceptsPage())
        {
            context.Response.Redirect(address(context));
        }
        else if (!credentials.HasAny)
        {
            await context.WriteProblemAsync(
                StatusCodes.Status403Forbidden, OffTitle, "No password and no key is set. Run 'dandelion admin set-password' to set a password.").ConfigureAwait(false);
        }
        else
        {
            context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer realm=\"dandelion\"";
            await context.WriteProblemAsync(
                StatusCodes.Status401Unauthorized,
                "Not signed in",
                $"Sign in at POST {Mount.RootOf(context)}{RouteGroups.Prefix}/session, or send a key in {ApiKeyAuthentication.Header}.").ConfigureAwait(false);
        }
    }
}
