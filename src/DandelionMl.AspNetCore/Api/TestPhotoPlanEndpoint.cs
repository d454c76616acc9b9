using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Promotion.Planning;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>GET /api/v1/models/plan</c>: how many test photos it takes to show a gain.</summary>
internal static class TestPhotoPlanEndpoint
{
    public static void MapTestPhotoPlan(this IEndpointRouteBuilder routes) => routes.MapAdminApi()
        .MapGet("/models/plan", PlanAsync)
        .WithName("PlanTestPhotos")
        .WithTags("Models")
        .WithSummary("Tell how many test photos it takes until the gate can show that a model is better by so much")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<TestPhotoPlan>> PlanAsync(
        TestPhotoPlanner planner,
        CancellationToken cancellationToken,
        [Description("By how much its accuracy is higher, in points of a hundred, 0.1 to 50.")] double gain = 2,
        [Description("The chance that the gate shows it, 0.5 to 0.99.")] double power = TestPhotoPlanner.DefaultPower)
    {
        try
        {
            return TypedResults.Ok(await planner.PlanAsync(gain, power, cancellationToken).ConfigureAwait(false));
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new BadHttpRequestException(exception.Message.Split(" (Parameter", 2)[0], exception);
        }
    }
}
