namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Sends a reader to a page, as after a form that changed something.</summary>
/// <param name="path">Its path below the pages' address, without a slash at the start.</param>
internal sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Redirect($"{Mount.RootOf(httpContext)}/{path}");
        return Task.CompletedTask;
    }
}
