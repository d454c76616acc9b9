using System.Text.Encodings.Web;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Security.Limits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>Programs: <c>X-Api-Key: {key}</c> or <c>Authorization: Bearer {key}</c>.</summary>
internal sealed class ApiKeyAuthentication(
    AdminCredentials credentials, Repetitions repetitions, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Header = "X-Api-Key";
    private const string Bearer = "Bearer ";

    /// <summary>Whether a request names a key, right or wrong.</summary>
    public static bool IsTried(HttpRequest request) => request.Headers.ContainsKey(Header) || IsBearer(request);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsTried(Request))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        // Two values of a header would be joined by a comma, which no key holds.
        var key = Request.Headers.TryGetValue(Header, out var named) ? named.ToString() : Request.Headers.Authorization.ToString()[Bearer.Length..];
        if (credentials.FindKey(key.Trim()) is not { } name)
        {
            if (repetitions.IsToTell(nameof(SignInLog.UnknownKey), out var times))
            {
                SignInLog.UnknownKey(Logger, times, ClientAddress.Describe(Context));
            }

            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var actor = new Actor(name, ActorKind.Key);
        return Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(actor.ToPrincipal(Scheme.Name, actor.AuditName), Scheme.Name)));
    }

    private static bool IsBearer(HttpRequest request) =>
        request.Headers[HeaderNames.Authorization].ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
}
