using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Security.Limits;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>Signs people in by their password: the one way in, for the API and for the page. Thread-safe.</summary>
internal sealed class PasswordSignIn(
    AdminCredentials credentials,
    SharedLockout lockout,
    RateLimits limits,
    KnownDevices devices,
    PersonSessions sessions,
    ILogger<PasswordSignIn> logger)
{
    /// <summary>Why not even a password is to be read; null if it may be tried.</summary>
    public SignInRefusal? Precheck(HttpContext context) =>
        IsOfAnotherSite(context.Request) ? SignInRefusal.OtherSite
        : credentials.HasPeople ? null
        : SignInRefusal.Off;

    /// <summary>Tries a password. If it is right, the answer sets the session's cookie; if too many were wrong, it says when to come
    /// again.</summary>
    public async Task<SignInOutcome> TryAsync(HttpContext context, string name, string password)
    {
        var (client, address) = (limits.SignInClient(context), ClientAddress.Describe(context));
        if (await lockout.BeginAsync(client).ConfigureAwait(false) is { } wait)
        {
            SignInLog.SignInLocked(logger, address, wait);
            return new SignInOutcome(null, SignInRefusal.Locked, wait);
        }

        if (credentials.FindPerson(name, password) is not { } person)
        {
            SignInLog.SignInFailed(logger, address);
            return new SignInOutcome(null, SignInRefusal.Wrong);
        }

        await lockout.ForgetAsync(client).ConfigureAwait(false);
        devices.Remember(context);
        var actor = await sessions.StartAsync(context, person).ConfigureAwait(false);
        SignInLog.SignedIn(logger, person, address);
        return new SignInOutcome(actor, null);
    }

    /// <summary>Whether a page of another site asks, as its browser says: all say so by Sec-Fetch-Site to https and to this machine, and by
    /// Origin everywhere. A program sends neither.</summary>
    private static bool IsOfAnotherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
            ? site is "cross-site" or "same-site"
            : request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsOwn(origin, request.Host);

    /// <summary>Whether an origin is that of this host. Its scheme is not compared: a proxy may have ended TLS.</summary>
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? uri.Port == port : uri.IsDefaultPort);
}

/// <summary>What became of a try to sign in.</summary>
/// <param name="Actor">Who it is; null if it was refused.</param>
/// <param name="Refusal">Why it was refused; null if it was not.</param>
/// <param name="Wait">How long to wait, where the refusal is <see cref="SignInRefusal.Locked"/>.</param>
internal sealed record SignInOutcome(Actor? Actor, SignInRefusal? Refusal, TimeSpan Wait = default);

/// <summary>Why somebody is not signed in.</summary>
internal enum SignInRefusal
{
    /// <summary>The name or the password is wrong.</summary>
    Wrong,

    /// <summary>Too many were wrong.</summary>
    Locked,

    /// <summary>Nobody has a password.</summary>
    Off,

    /// <summary>Another site's page asks.</summary>
    OtherSite,
}
