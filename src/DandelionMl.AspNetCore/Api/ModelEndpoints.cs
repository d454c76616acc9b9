using System.ComponentModel;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Training;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/models</c>: the model versions, where they come from, and which one is served.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapAdminApi().MapGroup("/models").WithTags("Models");
        models.MapGet("/", ListAsync)
            .WithName("ListModels")
            .WithSummary("All model versions, the newest first, without their confusion matrices")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        models.MapPost("/rollback", RollbackAsync)
            .WithName("Rollback")
            .WithSummary("Roll back to the previous champion")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);

        var model = models.MapGroup("/{version:int}").ProducesProblem(StatusCodes.Status404NotFound);
        model.MapGet("/", FindAsync).WithName("GetModel").WithSummary("A model version");
        model.MapGet("/epochs", EpochsAsync).WithName("GetEpochs").WithSummary("Loss and accuracy of each epoch of a version's training");
        model.MapGet("/events", EventsAsync).WithName("GetModelEvents").WithSummary("Who changed a version's state, when and why");
        model.MapGet("/images", ImagesAsync)
            .WithName("GetModelImages")
            .WithSummary("The exact photos a version was trained and tested on")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        model.MapGet("/artifact", ArtifactAsync)
            .WithName("DownloadArtifact")
            .WithSummary("A version's artifact: the head as safetensors, with its metadata")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream");
        model.MapPost("/promote", PromoteAsync)
            .WithName("Promote")
            .WithSummary("Serve a version, even if the gate rejected it")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        model.MapPut("/note", AnnotateAsync)
            .WithName("AnnotateModel")
            .WithSummary("Keep a note on a version, in the place of the one before")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        model.MapPost("/reproduce", ReproduceAsync)
            .WithName("Reproduce")
            .WithSummary("Train a version again from its photos and options, and compare the two; nothing is changed")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .LimitTime(null);
    }

    private static async Task<Ok<Page<ModelResponse>>> ListAsync(
        [AsParameters] PageRequest page, IModelRegistry registry, ErasedTrainingPhotos erased, CancellationToken cancellationToken)
    {
        var counts = await erased.CountAsync(cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(page.Cut(
            await registry.ListAsync(cancellationToken).ConfigureAwait(false), (ModelVersion model) => ModelResponse.Listed(model, counts)));
    }

    private static async Task<Ok<ModelResponse>> FindAsync(
        int version, IModelRegistry registry, ErasedTrainingPhotos erased, CancellationToken cancellationToken) =>
        await AnswerAsync(await GetAsync(version, registry, cancellationToken).ConfigureAwait(false), erased, cancellationToken).ConfigureAwait(false);

    private static async Task<Ok<ModelResponse>> AnswerAsync(ModelVersion model, ErasedTrainingPhotos erased, CancellationToken cancellationToken) =>
        TypedResults.Ok(ModelResponse.Of(model, await erased.CountAsync(cancellationToken).ConfigureAwait(false)));

    private static async Task<Ok<IReadOnlyList<EpochMetrics>>> EpochsAsync(
        int version, IModelRegistry registry, CancellationToken cancellationToken) =>
        TypedResults.Ok(await registry.LoadEpochsAsync(version, cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<IReadOnlyList<ModelEvent>>> EventsAsync(
        int version, IModelRegistry registry, CancellationToken cancellationToken)
    {
        await GetAsync(version, registry, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(await registry.ListEventsAsync(version, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Ok<Page<ManifestImage>>> ImagesAsync(
        int version,
        [AsParameters] PageRequest page,
        IModelRegistry registry,
        CancellationToken cancellationToken,
        [Description("Only training or only test photos: train or test; both by default.")] Choice<DataSplit>? split = null)
    {
        var manifest = await registry.LoadManifestAsync(version, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(page.Cut(
            [.. manifest.Images.Where(image => split is null || image.Split == split.Value.Value)], static (ManifestImage image) => image));
    }

    private static async Task<FileContentHttpResult> ArtifactAsync(
        int version, IModelRegistry registry, IImageStore store, CancellationToken cancellationToken)
    {
        var model = await GetAsync(version, registry, cancellationToken).ConfigureAwait(false);
        var bytes = await store.ReadVerifiedAsync(model.ArtifactKey, model.ArtifactSha256, cancellationToken).ConfigureAwait(false);
        return TypedResults.File(bytes, "application/octet-stream", Path.GetFileName(model.ArtifactKey));
    }

    private static async Task<Ok<ModelResponse>> PromoteAsync(
        int version, ChampionRequest request, IModelRegistry registry, ErasedTrainingPhotos erased, Actor actor, CancellationToken cancellationToken) =>
        await AnswerAsync(
            await registry.PromoteAsync(version, request.CheckedReason, actor.AuditName, request.ExpectedChampion, cancellationToken).ConfigureAwait(false),
            erased, cancellationToken).ConfigureAwait(false);

    private static async Task<Ok<ModelResponse>> RollbackAsync(
        ChampionRequest request, IModelRegistry registry, ErasedTrainingPhotos erased, Actor actor, CancellationToken cancellationToken) =>
        await AnswerAsync(
            await registry.RollbackAsync(request.CheckedReason, actor.AuditName, request.ExpectedChampion, cancellationToken).ConfigureAwait(false),
            erased, cancellationToken).ConfigureAwait(false);

    private static async Task<Ok<ModelResponse>> AnnotateAsync(
        int version, NoteRequest request, IModelRegistry registry, ErasedTrainingPhotos erased, Actor actor, CancellationToken cancellationToken) =>
        await AnswerAsync(
            await registry.AnnotateAsync(version, request.CheckedNote, actor.AuditName, cancellationToken).ConfigureAwait(false),
            erased, cancellationToken).ConfigureAwait(false);

    private static async Task<Ok<ReproductionReport>> ReproduceAsync(
        int version, ModelReproduction reproduction, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reproduction.ReproduceAsync(version, cancellationToken).ConfigureAwait(false));

    private static async Task<ModelVersion> GetAsync(int version, IModelRegistry registry, CancellationToken cancellationToken) =>
        await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
}

/// <summary>A change of what is served.</summary>
/// <param name="Reason">The reason, kept in the history.</param>
/// <param name="ExpectedChampion">The version that is to be served until then, so that nobody replaces one that they have not seen; null
/// for whichever it is.</param>
internal sealed record ChampionRequest(string Reason, int? ExpectedChampion = null)
{
    private const int MaxLength = 2_000;

    public string CheckedReason => Reason?.Trim() is { Length: > 0 } reason && reason.EnumerateRunes().Count() <= MaxLength
        ? reason
        : throw new BadHttpRequestException($"reason must have 1 to {MaxLength} characters.");
}

/// <summary>What is noted about a version.</summary>
/// <param name="Note">The note, at most 500 characters; null or empty for none.</param>
internal sealed record NoteRequest(string? Note = null)
{
    /// <summary>The most characters of a note.</summary>
    public const int MaxLength = NoteText.MaxCharacters;

    public string? CheckedNote => Note?.EnumerateRunes().Count() is > MaxLength and var length
        ? throw new BadHttpRequestException($"note has {length} characters; the limit is {MaxLength}.")
        : Note;
}
