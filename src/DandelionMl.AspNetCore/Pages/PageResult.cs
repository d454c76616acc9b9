using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace DandelionMl.AspNetCore.Pages;

/// <summary>A page, or a part of one, rendered once. By a renderer of its own: the application's, if it has one, is set up as it wants its
/// own pages.</summary>
/// <param name="page">The component.</param>
/// <param name="parameters">Its parameters, an object with a property for each; null for none.</param>
/// <param name="status">The answer's status.</param>
internal sealed class PageResult(Type page, object? parameters, int status) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        await using var rendererLifetime = renderer.ConfigureAwait(false);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<PageRoot>(ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(PageRoot.Context)] = httpContext,
                [nameof(PageRoot.Page)] = page,
                [nameof(PageRoot.Parameters)] = new RouteValueDictionary(parameters),
            })).ConfigureAwait(true); // The renderer's own context reads the page.
            return root.ToHtmlString();
        }).ConfigureAwait(false);
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        httpContext.Response.Headers.Vary = "Accept, Accept-Language, Cookie";
        await httpContext.Response.WriteAsync(html, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
