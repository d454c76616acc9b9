using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>How long a request may take, all of its body included; then its work is cancelled and the answer is a 504.</summary>
internal static class TimeLimits
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>For a photo that comes over a slow line.</summary>
    public static readonly TimeSpan Upload = TimeSpan.FromMinutes(2);

    /// <summary>For what is asked while the database does not answer.</summary>
    public static readonly TimeSpan WithoutDatabase = TimeSpan.FromSeconds(1);

    /// <summary>What is answered to that.</summary>
    public static ProblemDetails NoDatabase => new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Title = "The database does not answer",
        Detail = "Try again in a moment.",
    };

    /// <summary>Ends work that takes longer than its limit.</summary>
    /// <param name="context">The request, whose <see cref="HttpContext.RequestAborted"/> the work follows.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="work">The work.</param>
    /// <param name="late">What to answer then; null for what is said of any request.</param>
    public static async Task EndAfterAsync(HttpContext context, TimeSpan limit, Func<Task> work, ProblemDetails? late = null)
    {
        var before = context.RequestAborted;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(before);
        end.CancelAfter(limit);
        context.RequestAborted = end.Token;
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is OperationCanceledException or IOException && end.IsCancellationRequested && !before.IsCancellationRequested
            && !context.Response.HasStarted)
        {
            // What is answered is not part of the work that ended.
            context.RequestAborted = before;
            await context.WriteProblemAsync(late ?? new ProblemDetails
            {
                Status = StatusCodes.Status504GatewayTimeout,
                Title = "The request took too long",
                Detail = $"The limit is {limit.TotalSeconds:0.###} seconds.",
            }).ConfigureAwait(false);
        }
        finally
        {
            context.RequestAborted = before;
        }
    }
}
