using System.Security.Claims;
using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security;

/// <summary>Lets administer whoever meets a policy of the application's, by the application's own authentication; this library's passwords
/// and keys count for nothing then.</summary>
internal sealed class ApplicationPolicy(IOptions<DandelionMlWebOptions> options)
{
    /// <summary>Whether the application names one.</summary>
    public bool IsGiven => options.Value.AdministratorPolicy is not null;

    /// <inheritdoc cref="AdminGate.PassAsync"/>
    /// <exception cref="InvalidOperationException">The application has no such policy.</exception>
    public async Task<bool> PassAsync(HttpContext context, IServiceProvider application, EndpointRules rules)
    {
        // The application's schemes find its own services.
        var own = context.RequestServices;
        context.RequestServices = application;
        try
        {
            var (policy, result) = await EvaluateAsync(context, application).ConfigureAwait(false);
            if (result.Succeeded)
            {
                context.User = WithActor(context.User);
                return true;
            }

            if (rules.IsForAnyone)
            {
                return true;
            }

            await application.GetRequiredService<IAuthorizationMiddlewareResultHandler>()
                .HandleAsync(static _ => Task.CompletedTask, context, policy, result).ConfigureAwait(false);
        }
        finally
        {
            context.RequestServices = own;
        }

        // Scripts and programs that ask for data can do nothing with the application's page to sign in.
        if (rules.IsDataOnly && context.Response.StatusCode == StatusCodes.Status302Found && !context.Response.HasStarted)
        {
            context.Response.Headers.Remove("Location");
            await context.WriteProblemAsync(StatusCodes.Status401Unauthorized, "Not signed in", "Sign in to the application.").ConfigureAwait(false);
        }

        return false;
    }

    private async Task<(AuthorizationPolicy Policy, PolicyAuthorizationResult Result)> EvaluateAsync(HttpContext context, IServiceProvider application)
    {
        var name = options.Value.AdministratorPolicy!;
        var provider = application.GetService<IAuthorizationPolicyProvider>();
        var policy = provider is null ? null : await provider.GetPolicyAsync(name).ConfigureAwait(false);
        if (policy is null)
        {
            throw new InvalidOperationException(
                $"{nameof(DandelionMlWebOptions.AdministratorPolicy)} is '{name}', which this application does not define: add it with AddAuthorization.");
        }

        var evaluator = application.GetRequiredService<IPolicyEvaluator>();
        var authentication = await evaluator.AuthenticateAsync(policy, context).ConfigureAwait(false);
        if (authentication.Principal is { } principal)
        {
            context.User = principal;
        }

        return (policy, await evaluator.AuthorizeAsync(policy, authentication, context, context.GetEndpoint()).ConfigureAwait(false));
    }

    // A copy: the user is the application's.
    private static ClaimsPrincipal WithActor(ClaimsPrincipal user)
    {
        var id = user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub") ?? user.Identity?.Name ?? "administrator";
        var actor = new Actor((user.Identity?.Name ?? id).Replace(':', '_'), ActorKind.Person);
        return new ClaimsPrincipal([.. actor.ToPrincipal("DandelionMl", id).Identities, .. user.Identities]);
    }
}
