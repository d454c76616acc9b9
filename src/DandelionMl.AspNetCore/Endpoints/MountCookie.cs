namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>A cookie that browsers send to this library's endpoints alone, not to the rest of the application; for no script, sent by no
/// other site, and over https alone where it was got over https.</summary>
internal sealed class MountCookie : CookieBuilder
{
    public MountCookie(string name)
    {
        Name = name;
        HttpOnly = true;
        SameSite = SameSiteMode.Strict;
        SecurePolicy = CookieSecurePolicy.SameAsRequest;
        IsEssential = true;
    }

    /// <summary>The path of such cookies: of the mount, or the application's where API and pages are apart.</summary>
    public static string PathOf(HttpContext context)
    {
        var mounts = context.RequestServices.GetRequiredService<Mounts>();
        var isOne = mounts.Api is null || mounts.Pages is null || mounts.Api == mounts.Pages;
        var root = isOne ? Mount.RootOf(context) : context.Request.PathBase.ToUriComponent();
        return root.Length > 0 ? root : "/";
    }

    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Path = PathOf(context);
        return options;
    }
}
