using System.Text.Json;
using DandelionMl.Host.Security;
using DandelionMl.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.Host.Api;

/// <summary><c>/api/v1/models</c>: the model versions.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapAdminApi().MapGroup("/models").WithTags("Models");
        models.MapGet("/", ListAsync)
            .WithName("ListModels")
            .WithSummary("All model versions, the newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        models.MapGet("/{version:int}", FindAsync)
            .WithName("GetModel")
            .WithSummary("A model version")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Page<ModelResponse>>> ListAsync(
        [AsParameters] PageRequest page, IModelRegistry registry, CancellationToken cancellationToken) =>
        TypedResults.Ok(page.Cut(await registry.ListAsync(cancellationToken), ModelResponse.Of));

    private static async Task<Results<Ok<ModelResponse>, ProblemHttpResult>> FindAsync(
        int version, IModelRegistry registry, CancellationToken cancellationToken) =>
        await registry.FindAsync(version, cancellationToken) is { } model
            ? TypedResults.Ok(ModelResponse.Of(model))
            : TypedResults.Problem($"There is no model version {version}.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>A model version.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="State">Where it stands: candidate, champion, archived or rejected.</param>
/// <param name="CreatedAt">When it was registered, UTC.</param>
/// <param name="Labels">Its classes, in the order of the probabilities.</param>
/// <param name="Backbone">The backbone it was trained on.</param>
/// <param name="BackboneSha256">SHA-256 of the backbone's weights.</param>
/// <param name="Preprocessing">How photos are prepared for it.</param>
/// <param name="ArtifactKey">Key of its artifact in the image store.</param>
/// <param name="ArtifactSha256">SHA-256 of its artifact.</param>
/// <param name="ManifestSha256">SHA-256 of the list of photos it was trained and tested on.</param>
/// <param name="Options">The options of its training.</param>
/// <param name="Metrics">How well it did on its test photos.</param>
internal sealed record ModelResponse(
    int Version,
    string State,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string> Labels,
    string Backbone,
    string BackboneSha256,
    string Preprocessing,
    string ArtifactKey,
    string ArtifactSha256,
    string ManifestSha256,
    JsonElement Options,
    ModelMetrics Metrics)
{
    public static ModelResponse Of(ModelVersion model) => new(
        model.Version,
        model.State.ToString().ToLowerInvariant(),
        model.CreatedAt,
        model.Labels,
        model.Space.BackboneId,
        model.BackboneSha256,
        model.Space.PreprocessingId,
        model.ArtifactKey,
        model.ArtifactSha256,
        model.ManifestSha256,
        JsonElement.Parse(model.Options),
        model.Metrics);
}
