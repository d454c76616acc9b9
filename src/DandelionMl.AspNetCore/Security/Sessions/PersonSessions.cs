using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using DandelionMl.Data;
using DandelionMl.AspNetCore.Security.Credentials;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>The sessions of people: each is a cookie, which only this service can read or write. It is good until it expires, its owner
/// signs out, the password is set anew, or <see cref="AdminOptions.LongestSession"/> has passed. Thread-safe.</summary>
internal sealed class PersonSessions(
    AdminCredentials credentials,
    EndedSessions ended,
    SharedKeys keys,
    DatabaseCheck database,
    IOptions<DandelionMlWebOptions> options,
    TimeProvider time)
{
    private const string StampClaim = "dandelion:stamp";
    private const string SinceClaim = "dandelion:since";
    private const int IdBytes = 16;

    /// <summary>How much the clocks of two replicas may differ.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    /// <summary>Whether a request's session can be read now. Where the keys were never read and the database does not answer, it is nobody's:
    /// anybody can send such a cookie, and each would block a thread.</summary>
    public async ValueTask<bool> CanReadAsync(HttpContext context) =>
        keys.AreAtHand
        || !context.Request.Cookies.Keys.Any(name => name.StartsWith(SessionCookie.Name, StringComparison.Ordinal))
        || await database.IsAnsweringAsync(context.RequestAborted).ConfigureAwait(false);

    /// <summary>Starts a session; the answer sets its cookie.</summary>
    public async Task<Actor> StartAsync(HttpContext context, string name)
    {
        var actor = new Actor(name, ActorKind.Person);
        var principal = actor.ToPrincipal(
            AdminSchemes.Session,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            new Claim(StampClaim, credentials.FindStamp(name) ?? ""),
            new Claim(SinceClaim, time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        await context.SignInAsync(AdminSchemes.Session, principal).ConfigureAwait(false);
        context.User = principal;
        return actor;
    }

    /// <summary>Ends the session of a request, in whatever browser its cookie is; the answer takes the cookie away.</summary>
    /// <exception cref="DatabaseException">The database does not let it be noted; the session goes on.</exception>
    public async Task EndAsync(HttpContext context)
    {
        await ended.AddAsync(Id(context.User), EndOf(context.User), context.RequestAborted).ConfigureAwait(false);
        await context.SignOutAsync(AdminSchemes.Session).ConfigureAwait(false);
    }

    /// <summary>Refuses a cookie that has not expired but is no longer good.</summary>
    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is not { Identity.Name: { } name } principal || !await IsGoodAsync(principal, name, context.HttpContext.RequestAborted).ConfigureAwait(false))
        {
            context.RejectPrincipal();
        }
    }

    private async Task<bool> IsGoodAsync(ClaimsPrincipal principal, string name, CancellationToken cancellationToken)
    {
        if (credentials.FindStamp(name) is not { } stamp || principal.FindFirstValue(StampClaim) != stamp || !IsOfItsTime(principal))
        {
            return false;
        }

        try
        {
            // Where the database does not answer, whether it was ended can't be known. The public routes go on, as for anyone.
            return await database.IsAnsweringAsync(cancellationToken).ConfigureAwait(false) && !await ended.ContainsAsync(Id(principal), cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException)
        {
            return false;
        }
    }

    /// <summary>Whether a session has begun, and not ended for good. One that begins in the future was started under a clock that was wrong.</summary>
    private bool IsOfItsTime(ClaimsPrincipal principal)
    {
        var (now, end) = (time.GetUtcNow(), EndOf(principal));
        return now < end && end - options.Value.Admin.LongestSession <= now + ClockDifference;
    }

    /// <summary>When a session ends, however much it is used; long ago, where it does not say when it began.</summary>
    private DateTimeOffset EndOf(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(SinceClaim), CultureInfo.InvariantCulture, out var since)
            ? DateTimeOffset.FromUnixTimeSeconds(since) + options.Value.Admin.LongestSession
            : DateTimeOffset.MinValue;

    private static string Id(ClaimsPrincipal principal) => principal.FindFirstValue(ClaimTypes.NameIdentifier)!;
}
