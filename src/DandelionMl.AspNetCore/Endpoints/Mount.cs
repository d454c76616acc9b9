using Microsoft.AspNetCore.Routing.Patterns;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Where the endpoints of one call to <c>MapDandelionMl…</c> are: what all of their addresses begin with. It is metadata of each
/// of them.</summary>
internal sealed class Mount
{
    private string _path = "";
    private int _segments;

    /// <summary>What the addresses of a request's endpoint begin with; empty at the root of the host, else without a slash at the end.</summary>
    public static string RootOf(HttpContext context) => Find(context)?.Root(context) ?? context.Request.PathBase.ToUriComponent();

    /// <summary>The mount of the endpoint that answers a request; null if it is not one of this library's.</summary>
    public static Mount? Find(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Mount>();

    /// <summary>Notes where the endpoint that has no address of its own has come to lie, outer groups included.</summary>
    public void Place(RoutePattern pattern)
    {
        _segments = pattern.PathSegments.Count;
        _path = pattern.RawText?.Trim('/') is { Length: > 0 } path ? $"/{path}" : "";
    }

    /// <summary>What its addresses begin with, as a browser has to ask for it, the application's <c>PathBase</c> included; empty at the
    /// root of the host, else without a slash at the end.</summary>
    public string Root(HttpContext context) => (context.Request.PathBase + Prefix(context)).ToUriComponent();

    /// <summary>The path of a request below the mount, with a slash at the start.</summary>
    public PathString Rest(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Prefix(context), out var rest) ? rest : context.Request.Path;

    /// <summary>What the paths of its addresses begin with, below the application's <c>PathBase</c>.</summary>
    public PathString Prefix(HttpContext context)
    {
        // Of a request to it, from the request: a group that it lies in may have parameters.
        if (Find(context) != this)
        {
            return _path;
        }

        var path = context.Request.Path.Value ?? "";
        var end = 0;
        for (var left = _segments; left > 0 && end < path.Length; left--)
        {
            end = path.IndexOf('/', end + 1) is > 0 and var next ? next : path.Length;
        }

        return path[..end];
    }
}

/// <summary>The mounts of an application: one of the API and one of the pages, which may be the same.</summary>
internal sealed class Mounts
{
    /// <summary>Where the API is; null if it is not mapped.</summary>
    public Mount? Api { get; private set; }

    /// <summary>Where the pages are; null if they are not mapped.</summary>
    public Mount? Pages { get; private set; }

    /// <exception cref="InvalidOperationException">It is mapped already.</exception>
    public void AddApi(Mount mount) => Api = Api is null ? mount : throw MappedTwice("API");

    /// <exception cref="InvalidOperationException">They are mapped already.</exception>
    public void AddPages(Mount mount) => Pages = Pages is null ? mount : throw MappedTwice("pages");

    private static InvalidOperationException MappedTwice(string what) =>
        new($"DandelionMl's {what} can be mapped once in an application: call MapDandelionMl, or MapDandelionMlApi and MapDandelionMlPages once each.");
}
