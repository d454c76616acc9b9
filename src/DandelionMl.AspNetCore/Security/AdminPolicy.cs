using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.Authorization;

namespace DandelionMl.AspNetCore.Security;

/// <summary>The one policy of all administration: a person who is signed in, or a program with a key. A route that asks for nothing and
/// does not say that it is for anyone gets it too.</summary>
internal static class AdminPolicy
{
    public const string Name = "admin";

    public static void AddAdminPolicy(this IServiceCollection services)
    {
        var policy = new AuthorizationPolicyBuilder(AdminSchemes.Either).RequireAuthenticatedUser().Build();
        services.AddAuthorizationBuilder().AddPolicy(Name, policy).SetFallbackPolicy(policy);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AdminRefusal>();
    }
}
