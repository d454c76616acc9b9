using System.Globalization;
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

        // Who came too often is told when to come again, not the header that says so.
        var wait = status == StatusCodes.Status429TooManyRequests && int.TryParse(http.Response.Headers.RetryAfter, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : (TimeSpan?)null;
        await PageRoutes.Render<ProblemPage>(new { Status = status, Wait = wait, context.ProblemDetails.Detail }, status).ExecuteAsync(http).ConfigureAwait(false);
    }
}
