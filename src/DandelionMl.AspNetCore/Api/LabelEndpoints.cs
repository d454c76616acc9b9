using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/labels/check</c>: labels that are likely wrong.</summary>
internal static class LabelEndpoints
{
    public static void MapLabels(this IEndpointRouteBuilder routes) => routes.MapAdminApi().MapGroup("/labels").WithTags("Images")
        .MapGet("/check", CheckAsync)
        .WithName("CheckLabels")
        .WithSummary("The photos whose labels are likely wrong, the likeliest first; nothing is changed")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<LabelCheckReport>> CheckAsync(
        LabelCheck check,
        CancellationToken cancellationToken,
        [Description("The most photos to return, 1 to 200; 50 by default.")] int? limit = null) => TypedResults.Ok(
            await check.RunAsync(new PageRequest(null, limit).Check().Limit, cancellationToken).ConfigureAwait(false));
}
