using DandelionMl.AspNetCore.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Asks for an antiforgery token where a change is asked for by a cookie, which browsers send unasked. A key is never sent unasked,
/// so it needs none.</summary>
internal sealed class CookieAntiforgery(RequestDelegate next, IAntiforgery antiforgery)
{
    public const string Header = "X-Csrf-Token";

    public async Task InvokeAsync(HttpContext context)
    {
        if (NeedsToken(context))
        {
            try
            {
                await antiforgery.ValidateRequestAsync(context);
            }
            catch (AntiforgeryValidationException)
            {
                await context.WriteProblemAsync(
                    StatusCodes.Status400BadRequest,
                    "The antiforgery token is missing or not this session's",
                    $"Send the token that GET /api/v1/session gives in the header {Header}.");
                return;
            }
        }

        await next(context);
    }

    private static bool NeedsToken(HttpContext context)
    {
        var method = context.Request.Method;
        var isSafe = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
        return !isSafe
            && context.GetEndpoint() is { Metadata: var metadata }
            && metadata.GetMetadata<IAllowAnonymous>() is null
            && metadata.GetMetadata<IAntiforgeryMetadata>() is not { RequiresValidation: true } // The framework's own asks there.
            && Actor.Find(context.User)?.Kind == ActorKind.Person;
    }
}
