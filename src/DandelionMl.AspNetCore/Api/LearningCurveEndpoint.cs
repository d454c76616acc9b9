using DandelionMl.AspNetCore.Security;
using DandelionMl.Training.LearningCurves;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/learning-curve</c>: what more photos would bring.</summary>
internal static class LearningCurveEndpoint
{
    public static void MapLearningCurve(this IEndpointRouteBuilder routes) => routes.MapAdminApi()
        .MapGet("/learning-curve", GetAsync)
        .WithTags("Models")
        .WithName("GetLearningCurve")
        .WithSummary("The accuracy by the number of photos that are trained on, and what more photos would bring")
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Ok<LearningCurve>> GetAsync(LearningCurveReader curves, CancellationToken cancellationToken) =>
        TypedResults.Ok(await curves.GetAsync(cancellationToken).ConfigureAwait(false));
}
