using System.Diagnostics.CodeAnalysis;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Hosting;
using DandelionMl.AspNetCore.Pages;
using Microsoft.AspNetCore.ResponseCompression;

// Extensions on an application's routes are found without a using of their own.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps DandelionMl's HTTP API and web pages.</summary>
public static class DandelionMlEndpointRouteBuilderExtensions
{
    /// <summary>Maps the API and the pages.</summary>
    /// <param name="routes">The application's routes, or a group of them.</param>
    /// <param name="prefix">The prefix of all addresses, such as <c>/plants</c>; empty for the root of the host.</param>
    /// <returns>Adds to all of the endpoints, such as <c>RequireHost</c> or <c>RequireAuthorization</c>, beyond what they ask for
    /// themselves.</returns>
    /// <exception cref="InvalidOperationException"><c>AddDandelionMlWeb</c> was not called, or they are mapped already.</exception>
    public static IEndpointConventionBuilder MapDandelionMl(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string prefix = "")
    {
        var (group, mount) = routes.MapMount(prefix);
        group.AddApi(mount);
        group.AddPages(mount);
        return group;
    }

    /// <summary>Maps the API alone.</summary>
    /// <inheritdoc cref="MapDandelionMl"/>
    public static IEndpointConventionBuilder MapDandelionMlApi(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string prefix = "")
    {
        var (group, mount) = routes.MapMount(prefix);
        group.AddApi(mount);
        return group;
    }

    /// <summary>Maps the pages alone. They call the API, which is mapped by <see cref="MapDandelionMlApi"/> under this or another
    /// prefix.</summary>
    /// <inheritdoc cref="MapDandelionMl"/>
    public static IEndpointConventionBuilder MapDandelionMlPages(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string prefix = "")
    {
        var (group, mount) = routes.MapMount(prefix);
        group.AddPages(mount);
        return group;
    }

    /// <summary>A group on which every endpoint is this library's, for administrators unless it says otherwise.</summary>
    internal static (RouteGroupBuilder Group, Mount Mount) MapMount(this IEndpointRouteBuilder routes, string prefix)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(prefix);
        if (routes.ServiceProvider.GetService<FrameworkServices>() is null)
        {
            throw new InvalidOperationException("Call services.AddDandelionMlWeb() before MapDandelionMl.");
        }

        var pipeline = routes.ServiceProvider.GetRequiredService<EndpointPipeline>();
        var mount = new Mount();
        var group = new OwnRoutes(routes).MapGroup(prefix);
        IEndpointConventionBuilder conventions = group;
        conventions.Add(endpoint => Wrap(endpoint, mount, pipeline));
        var compression = routes.ServiceProvider.GetRequiredService<FrameworkServices>().Get<IResponseCompressionProvider>();
        conventions.Finally(endpoint => ReadRules(endpoint, mount, compression));
        return (group, mount);
    }

    private static void AddApi(this RouteGroupBuilder group, Mount mount)
    {
        ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<Mounts>().AddApi(mount);
        var api = group.MapGroup("").WithGroupName(ApiDescription.DocumentName);
        api.MapDandelionApi();
    }

    private static void AddPages(this RouteGroupBuilder group, Mount mount)
    {
        ((IEndpointRouteBuilder)group).ServiceProvider.GetRequiredService<Mounts>().AddPages(mount);
        var pages = group.MapGroup("").WithGroupName(ApiDescription.DocumentName);
        pages.MapDandelionPages();
    }

    private static void Wrap(EndpointBuilder endpoint, Mount mount, EndpointPipeline pipeline)
    {
        endpoint.Metadata.Add(mount);
        endpoint.Metadata.Add(new Wrapped(endpoint.RequestDelegate!));
        endpoint.RequestDelegate = pipeline.InvokeAsync;
    }

    // Last, from all that was said of the endpoint.
    private static void ReadRules(EndpointBuilder endpoint, Mount mount, IResponseCompressionProvider compression)
    {
        var handler = endpoint.Metadata.OfType<Wrapped>().Single().Handler;
        if (EndpointRules.IsCompressed(endpoint.Metadata))
        {
            handler = new ResponseCompressionMiddleware(handler, compression).Invoke;
        }

        endpoint.Metadata.Add(EndpointRules.Read(endpoint.Metadata, handler));
        if (endpoint is RouteEndpointBuilder { RoutePattern: var pattern } && endpoint.Metadata.Any(item => item is HomeData or HomePageRoute))
        {
            mount.Place(pattern);
        }
    }

    private sealed record Wrapped(RequestDelegate Handler);
}
