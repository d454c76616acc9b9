using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.AspNetCore;

/// <summary>Routes of this library, in the place of the framework's methods of the same names, which are found after them. The framework makes
/// the code that reads a request's parameters for all routes before the first answer, which takes tenths of a second for as many as these;
/// here each route's is made when it is first asked.</summary>
/// <remarks>The framework's source generator would spare it, too, but where an optional parameter can't be read it answers with a bare 400,
/// whatever <see cref="RouteHandlerOptions.ThrowOnBadRequest"/> says.</remarks>
internal static class LazyRoutes
{
    public static RouteHandlerBuilder MapGet(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.Map(HttpMethods.Get, pattern, handler);

    public static RouteHandlerBuilder MapPost(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.Map(HttpMethods.Post, pattern, handler);

    public static RouteHandlerBuilder MapPut(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.Map(HttpMethods.Put, pattern, handler);

    public static RouteHandlerBuilder MapDelete(this IEndpointRouteBuilder routes, [StringSyntax("Route")] string pattern, Delegate handler) =>
        routes.Map(HttpMethods.Delete, pattern, handler);

    private static RouteHandlerBuilder Map(this IEndpointRouteBuilder routes, string method, string pattern, Delegate handler) =>
        RouteHandlerServices.Map(routes, pattern, handler, [method], RequestDelegateFactory.InferMetadata, CreateLater);

    private static RequestDelegateResult CreateLater(
        Delegate handler, RequestDelegateFactoryOptions options, RequestDelegateMetadataResult? metadata)
    {
        var made = new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(handler, options, metadata).RequestDelegate);
        return new RequestDelegateResult(context => made.Value(context), [.. options.EndpointBuilder!.Metadata]);
    }
}
