using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>Answers that are errors.</summary>
internal static class Problems
{
    public static Task WriteProblemAsync(this HttpContext context, int status, string title, string detail) =>
        context.WriteProblemAsync(new ProblemDetails { Status = status, Title = title, Detail = detail });

    public static async Task WriteProblemAsync(this HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        if (await TryWriteAsync(context, problem).ConfigureAwait(false))
        {
            return;
        }

        // Whoever accepts other formats alone is told the reason all the same, as RFC 9110, section 12.4.1, has it, in place of nothing.
        var accept = context.Request.Headers.Accept;
        context.Request.Headers.Accept = default;
        await TryWriteAsync(context, problem).ConfigureAwait(false);
        context.Request.Headers.Accept = accept;
    }

    private static ValueTask<bool> TryWriteAsync(HttpContext context, ProblemDetails problem) =>
        context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = problem,
        });

    /// <summary>Says when to come again, in whole seconds, rounded up.</summary>
    public static void SetRetryAfter(this HttpResponse response, TimeSpan wait) =>
        response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
