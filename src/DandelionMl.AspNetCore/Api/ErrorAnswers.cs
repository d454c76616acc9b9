using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Classification;
using DandelionMl.Storage;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Answers errors: with ProblemDetails to programs, with a page to people. Thread-safe.</summary>
internal sealed class ErrorAnswers(Repetitions repetitions, ILogger<ErrorAnswers> logger)
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
        if (problem is null && repetitions.IsToTell($"{exception.GetType()} {exception.TargetSite}", out var times))
        {
            ErrorLog.Unhandled(logger, exception, times);
        }

        if (problem is not null && IsInside(problem, exception))
        {
            Hide(problem, exception, context);
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

    /// <summary>Whether an error is of what lies behind the service, and no matter of the request's.</summary>
    private static bool IsInside(ProblemDetails problem, Exception exception) =>
        exception is ObjectNotFoundException
        || (problem.Status == StatusCodes.Status503ServiceUnavailable && exception is not NoModelException);

    /// <summary>Tells administrators what is wrong inside, such as which server does not answer or under which key a file is missing; to anybody
    /// else it is only said that something is, and the log has the rest.</summary>
    private void Hide(ProblemDetails problem, Exception exception, HttpContext context)
    {
        if (repetitions.IsToTell($"unavailable {exception.GetType()}", out var times))
        {
            ErrorLog.Unavailable(logger, times, exception.Message);
        }

        if (Actor.Find(context.User) is null)
        {
            problem.Detail = exception is ObjectNotFoundException ? "The server's log says more." : "Try again in a moment. The server's log says more.";
        }
    }

    private static async Task WriteAsync(HttpContext context, ProblemDetails problem, IServiceProvider services)
    {
        var before = context.RequestServices;
        context.RequestServices = services;
        await context.WriteProblemAsync(problem).ConfigureAwait(false);
        context.RequestServices = before;
    }
}
