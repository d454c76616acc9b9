using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Answers errors: with ProblemDetails to programs, with a page to people. Thread-safe.</summary>
internal sealed class ErrorAnswers(ILogger<ErrorAnswers> logger)
{
    /// <summary>Answers a request, and what goes wrong with it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">What answers it.</param>
    /// <param name="services">What to answer with what goes wrong; null for the request's.</param>
    public async Task GuardAsync(HttpContext context, Func<Task> answer, IServiceProvider? services = null)
    {
        services ??= context.RequestServices;
        try
        {
            await answer().ConfigureAwait(false);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // Nobody is there to be told.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception, services).ConfigureAwait(false);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
        {
            await WriteAsync(context, new ProblemDetails { Status = context.Response.StatusCode }, services).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception exception, IServiceProvider services)
    {
        var problem = KnownErrors.Describe(exception);
        if (problem is null)
        {
            ErrorLog.Unhandled(logger, exception);
        }

        var response = context.Response;
        response.ContentLength = null;
        response.ContentType = null;
        response.Headers.ETag = default;
        response.Headers.CacheControl = "no-cache,no-store";
        if (problem?.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "1";
        }

        await WriteAsync(context, problem ?? new ProblemDetails { Status = StatusCodes.Status500InternalServerError }, services).ConfigureAwait(false);
    }

    private static async Task WriteAsync(HttpContext context, ProblemDetails problem, IServiceProvider services)
    {
        var before = context.RequestServices;
        context.RequestServices = services;
        await context.WriteProblemAsync(problem).ConfigureAwait(false);
        context.RequestServices = before;
    }
}
