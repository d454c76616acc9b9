using DandelionMl.AspNetCore.Endpoints;

namespace DandelionMl.AspNetCore.Pages.Errors;

/// <summary>Tells errors to people as a page. What the API tells programs stays as it is.</summary>
internal sealed class ProblemPageWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => context.HttpContext.WantsPage();

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var status = http.Response.StatusCode;
        await PageRoutes.Render<ProblemPage>(new { Status = status, context.ProblemDetails.Detail }, status).ExecuteAsync(http).ConfigureAwait(false);
    }
}
