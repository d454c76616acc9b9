using DandelionMl.AspNetCore.Endpoints;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>How long a request may take, all of its body included; then its work is cancelled and the answer is a 504.</summary>
internal static class TimeLimits
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>For a photo that comes over a slow line.</summary>
    public static readonly TimeSpan Upload = TimeSpan.FromMinutes(2);

    /// <summary>For what is asked while the database does not answer.</summary>
    public static readonly TimeSpan WithoutDatabase = TimeSpan.FromSeconds(1);

    public static async Task EndAfterAsync(HttpContext context, TimeSpan limit, Func<Task> work)
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
            await (limit == WithoutDatabase
                ? context.WriteProblemAsync(StatusCodes.Status503ServiceUnavailable, "The database does not answer", "Try again in a moment.")
                : context.WriteProblemAsync(
                    StatusCodes.Status504GatewayTimeout, "The request took too long", $"The limit is {limit.TotalSeconds:0.###} seconds."))
                .ConfigureAwait(false);
        }
        finally
        {
            context.RequestAborted = before;
        }
    }
}
