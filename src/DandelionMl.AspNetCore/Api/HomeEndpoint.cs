using DandelionMl.Classification;
using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Pages.Home;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>GET /</c>: what this is and what it serves, to programs as data, to people as a page.</summary>
internal static class HomeEndpoint
{
    public static void MapHome(this IEndpointRouteBuilder routes) => routes
        .MapGet("/", Home)
        .WithName("Home")
        .WithTags("Classification")
        .WithSummary("What this is and what it serves")
        .Produces<HomeResponse>()
        .AllowAnonymous();

    private static IResult Home(HttpContext context, Classifier classifier)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        return context.Request.WantsPage() ? PageRoutes.Render<HomePage>() : TypedResults.Ok(Describe(classifier));
    }

    private static HomeResponse Describe(Classifier classifier) => new(
        "DandelionMl",
        classifier.Serving is { } model
            ? new ServingResponse(model.Version, model.Labels, model.Space.BackboneId, model.Metrics.Accuracy, model.CreatedAt)
            : null,
        "/scalar");
}

/// <summary>What this is and what it serves.</summary>
/// <param name="Name">The service.</param>
/// <param name="Model">The model version that is served; null while there is none.</param>
/// <param name="Documentation">Path of the API's description.</param>
internal sealed record HomeResponse(string Name, ServingResponse? Model, string Documentation);

/// <summary>The model version that is served.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Labels">Its classes.</param>
/// <param name="Backbone">The backbone it was trained on.</param>
/// <param name="Accuracy">Its accuracy on its test images, 0 to 1.</param>
/// <param name="CreatedAt">When it was trained, UTC.</param>
internal sealed record ServingResponse(
    int Version, IReadOnlyList<string> Labels, string Backbone, double Accuracy, DateTimeOffset CreatedAt);
