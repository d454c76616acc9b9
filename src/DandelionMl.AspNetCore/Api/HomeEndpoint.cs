using DandelionMl.Classification;
using DandelionMl.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>GET /</c>: what this is and what it serves. Where there are pages, too, people get the first of them there.</summary>
internal static class HomeEndpoint
{
    public static void MapHome(this IEndpointRouteBuilder routes) => routes
        .MapGet("/", Home)
        .WithName("Home")
        .WithTags("Classification")
        .WithSummary("The service and the model it serves")
        .Produces<HomeResponse>()
        .WithMetadata(new HomeData())
        .ForAnyone();

    private static Ok<HomeResponse> Home(HttpContext context, Classifier classifier)
    {
        context.Response.Headers.Vary = HeaderNames.Accept;
        return TypedResults.Ok(Describe(classifier, Mount.RootOf(context)));
    }

    private static HomeResponse Describe(Classifier classifier, string root) => new(
        "DandelionMl",
        classifier.Serving is { } model
            ? new ServingResponse(model.Version, model.Labels, model.Space.BackboneId, model.Metrics.Accuracy, model.CreatedAt)
            : null,
        root + "/scalar");
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
