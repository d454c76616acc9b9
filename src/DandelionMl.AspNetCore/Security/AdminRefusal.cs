using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Pages.SignIn;
using DandelionMl.AspNetCore.Security.Credentials;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Answers those who are not let in: 401, or 403 while administration is off; people who open a page are sent to the page to sign
/// in. It is the same for every admin route.</summary>
internal sealed class AdminRefusal(AdminCredentials credentials) : IAuthorizationMiddlewareResultHandler
{
    public const string OffTitle = "Administration is off";

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // Where there is no route, or not for this method, there is nothing to guard: 404 and 405 are the better answers.
        if (authorizeResult.Succeeded || context.GetEndpoint() is not RouteEndpoint)
        {
            return next(context);
        }

        if (context.Request.WantsPage() && HttpMethods.IsGet(context.Request.Method) && !authorizeResult.Forbidden)
        {
            context.Response.Redirect(SignInPages.PathTo(context.Request));
            return Task.CompletedTask;
        }

        if (!credentials.HasAny)
        {
            return context.WriteProblemAsync(
                StatusCodes.Status403Forbidden, OffTitle, "There is neither a password nor a key. 'dandelion admin set-password' sets a password.");
        }

        if (authorizeResult.Forbidden)
        {
            return context.WriteProblemAsync(StatusCodes.Status403Forbidden, "Not allowed", "This is not yours to do.");
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"dandelion\"";
        return context.WriteProblemAsync(
            StatusCodes.Status401Unauthorized, "Not signed in", "Sign in at POST /api/v1/session, or send a key in X-Api-Key.");
    }
}
