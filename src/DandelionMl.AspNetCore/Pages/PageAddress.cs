using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>Addresses in a page. Those of other pages and of files are written without a slash at the start: a browser finds them below
/// <see cref="Base"/>, wherever the application has mapped the pages.</summary>
internal sealed class PageAddress(IHttpContextAccessor accessor, Mounts mounts)
{
    private HttpContext Context => accessor.HttpContext!;

    private Mount ApiMount => mounts.Api ?? throw new InvalidOperationException("The pages need the API: call MapDandelionMlApi, too.");

    private Mount Mount => mounts.Pages ?? throw new InvalidOperationException("DandelionMl's pages are not mapped.");

    /// <summary>What all begin with, with a slash at the end.</summary>
    public string Base => Mount.Root(Context) + "/";

    /// <summary>The path of this page's cookies that scripts set.</summary>
    public string CookiePath => MountCookie.PathOf(Context);

    /// <summary>The address of this page.</summary>
    public string Here => Context.Request.PathBase.ToUriComponent() + Context.Request.Path.ToUriComponent() + Context.Request.QueryString;

    /// <summary>Where the API is.</summary>
    public string ApiRoot => mounts.Api == mounts.Pages
        ? RouteGroups.Prefix[1..]
        : ApiMount.Root(Context) + RouteGroups.Prefix;

    /// <summary>An address of the API.</summary>
    public string Api(FormattableString path) => $"{ApiRoot}/{FormattableString.Invariant(path)}";

    /// <summary>The whole address of what the API has beside its versions, for programs elsewhere.</summary>
    public string AbsoluteApi(string path) =>
        $"{Context.Request.Scheme}://{Context.Request.Host.ToUriComponent()}{ApiMount.Root(Context)}/{path}";

    /// <summary>Whether this page is one, or below it.</summary>
    public bool IsAt(string path) => Mount.Rest(Context).StartsWithSegments($"/{path}");

    /// <summary>Where a page may send its reader next.</summary>
    /// <param name="path">What was asked for; anyone may have written it into a link.</param>
    /// <returns>The path if it is one of this host, else the first page's.</returns>
    public string LocalOrHome(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\') && !path.Any(char.IsControl) ? path : Base;
}
