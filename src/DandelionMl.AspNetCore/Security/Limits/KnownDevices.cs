using System.Security.Cryptography;
using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.DataProtection;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Browsers in which somebody signed in before. Each has its own count of failed sign-ins, so that whoever fails on purpose,
/// even from the same address, locks nobody else out (OWASP: "Slow Down Online Guessing Attacks with Device Cookies").</summary>
internal sealed class KnownDevices(FrameworkServices framework, TimeProvider time)
{
    private const string CookieName = "dandelion-device";
    private const int IdBytes = 16;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private readonly IDataProtector _protector =
        framework.Get<IDataProtectionProvider>().CreateProtector("DandelionMl.AspNetCore.KnownDevices");

    /// <returns>Its id; null for a browser that is not known.</returns>
    public string? Find(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } sealedId)
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(sealedId);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Makes the browser known, once somebody signed in.</summary>
    public void Remember(HttpContext context)
    {
        var id = Find(context) ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var cookie = new MountCookie(CookieName) { MaxAge = Lifetime };
        context.Response.Cookies.Append(CookieName, _protector.Protect(id), cookie.Build(context, time.GetUtcNow()));
    }
}
