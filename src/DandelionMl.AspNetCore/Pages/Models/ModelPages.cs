using DandelionMl.Catalog;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Tracking;
using DandelionMl.Training;
using DandelionMl.Training.LearningCurves;
using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary><c>/models</c>: the versions, where each comes from, what speaks for it, and which one is served.</summary>
internal static class ModelPages
{
    private const int VersionsPerPage = 50;
    private const int PhotosPerPage = 60;
    private const int MaxForm = 64 * 1024;

    /// <summary>What the address says of a version that was just made the one that is served.</summary>
    private const string Served = "served";

    /// <summary>What it says of one that something was just noted about.</summary>
    private const string Noted = "noted";

    public static void MapModelPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapAdminPages();
        pages.MapGet("/models", ListAsync);
        pages.MapGet("/models/compare", CompareAsync);
        pages.MapGet("/models/learning-curve", ShowLearningCurveAsync);
        pages.MapPost("/models/rollback", RollbackAsync).LimitBody(MaxForm);
        pages.MapGet("/models/{version:int}", ShowAsync);
        pages.MapGet("/models/{version:int}/photos", ShowPhotosAsync);
        pages.MapPost("/models/{version:int}/promote", PromoteAsync).LimitBody(MaxForm);
        pages.MapPost("/models/{version:int}/note", AnnotateAsync).LimitBody(MaxForm);
        pages.MapModelCards();
        pages.MapShadowPages();
    }

    private static async Task<IResult> ListAsync(
        IModelRegistry registry, ErasedTrainingPhotos erased, CancellationToken cancellationToken, string? state = null, int skip = 0,
        double gain = 2)
    {
        skip = Math.Max(skip, 0);
        ModelState? chosen = Choice<ModelState>.TryParse(state, null, out var given) ? given.Value : null;
        var versions = await registry.ListAsync(cancellationToken).ConfigureAwait(false);
        var found = versions.Where(model => chosen is null || model.State == chosen).ToList();
        return PageRoutes.Render<ModelsPage>(new
        {
            Versions = versions,
            State = chosen,
            Gain = gain,
            Erased = await erased.CountAsync(cancellationToken).ConfigureAwait(false),
            Shown = found.Skip(skip).Take(VersionsPerPage).ToList(),
            Previous = ChampionHistory.FindPrevious(await registry.ListEventsAsync(cancellationToken: cancellationToken).ConfigureAwait(false)),
            First = skip > 0 ? ModelsPage.AddressOf(chosen) : null,
            Next = found.Count > skip + VersionsPerPage ? ModelsPage.AddressOf(chosen, skip + VersionsPerPage) : null,
        });
    }

    private static async Task<IResult> ShowLearningCurveAsync(LearningCurveReader curves, CancellationToken cancellationToken)
    {
        try
        {
            return PageRoutes.Render<LearningCurvePage>(
                new { Picture = new LearningCurvePicture(await curves.GetAsync(cancellationToken).ConfigureAwait(false)) });
        }
        catch (InsufficientTrainingDataException)
        {
            return PageRoutes.Render<LearningCurvePage>(new { });
        }
    }

    private static Task<IResult> ShowAsync(int version, HttpContext context, string? done = null) => RenderAsync(version, context, problem: null, done);

    private static async Task<IResult> RenderAsync(int version, HttpContext context, string? problem, string? done = null)
    {
        var (registry, cancellationToken) = (context.RequestServices.GetRequiredService<IModelRegistry>(), context.RequestAborted);

        var model = await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
        var all = await registry.ListEventsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<ModelPage>(
            new
            {
                Model = model,
                Erased = (await context.RequestServices.GetRequiredService<ErasedTrainingPhotos>().CountAsync(cancellationToken).ConfigureAwait(false))
                    .GetValueOrDefault(version),
                Versions = await registry.ListAsync(cancellationToken).ConfigureAwait(false),
                Previous = ChampionHistory.FindPrevious(all),
                Epochs = await registry.LoadEpochsAsync(version, cancellationToken).ConfigureAwait(false),
                Events = all.Where(item => item.Version == version).Reverse().ToList(),
                (await registry.LoadManifestAsync(version, cancellationToken).ConfigureAwait(false)).Images,
                Run = await FindRunAsync(model, context).ConfigureAwait(false),
                (await context.RequestServices.GetRequiredService<IExperimentTracker>().FindAsync(version, cancellationToken).ConfigureAwait(false))?.Mirror,
                Problem = problem,
                Done = done == Served && model.State == ModelState.Champion,
                IsNoted = done == Noted,
            },
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    /// <returns>The run that trained a version; null if none did, or it was swept out since.</returns>
    private static async Task<long?> FindRunAsync(ModelVersion model, HttpContext context) =>
        TrainingRequest.FindRun(model.RequestId) is { } run
        && await context.RequestServices.GetRequiredService<PipelineRuns>().FindAsync(run, context.RequestAborted).ConfigureAwait(false) is not null
            ? run
            : null;

    private static async Task<IResult> ShowPhotosAsync(
        int version,
        IModelRegistry registry,
        IImageCatalog catalog,
        VersionComparer comparer,
        CancellationToken cancellationToken,
        string? split = null,
        string? label = null,
        string? answer = null,
        int skip = 0)
    {
        skip = Math.Max(skip, 0);
        label = string.IsNullOrEmpty(label) ? null : label;
        answer = string.IsNullOrEmpty(answer) ? null : answer;

        // The form sends nothing for both.
        DataSplit? side = Choice<DataSplit>.TryParse(split, null, out var given) ? given.Value : null;
        var manifest = await registry.LoadManifestAsync(version, cancellationToken).ConfigureAwait(false);
        var images = manifest.Images;
        var chosen = images.Where(image => (side is null || image.Split == side) && (label is null || image.Label == label)).ToList();
        if (answer is not null)
        {
            var answers = await comparer.AnswerAsync(version, manifest, chosen, cancellationToken).ConfigureAwait(false);
            chosen.RemoveAll(image => answers.GetValueOrDefault(image.Sha256) != answer);
        }

        var shown = chosen.Skip(skip).Take(PhotosPerPage).ToList();
        return PageRoutes.Render<ModelPhotosPage>(new
        {
            Version = version,
            Split = side,
            Label = label,
            Answer = answer,
            Labels = images.Select(image => image.Label).Distinct().Order(StringComparer.Ordinal).ToList(),
            Images = shown,
            Skipped = skip,
            Total = chosen.Count,
            PerPage = PhotosPerPage,
            Photos = await catalog.FindBySha256Async([.. shown.Select(image => image.Sha256)], cancellationToken).ConfigureAwait(false),
        });
    }

    private static async Task<IResult> CompareAsync(
        int first, int second, IModelRegistry registry, VersionComparer comparer, IImageCatalog catalog, CancellationToken cancellationToken, int skip = 0)
    {
        skip = Math.Max(skip, 0);
        var comparison = await comparer.CompareAsync(first, second, cancellationToken).ConfigureAwait(false);
        var shown = comparison.Differences.Skip(skip).Take(PhotosPerPage).ToList();
        return PageRoutes.Render<ComparePage>(new
        {
            Comparison = comparison,
            Versions = await registry.ListAsync(cancellationToken).ConfigureAwait(false),
            Differences = shown,
            Skipped = skip,
            PerPage = PhotosPerPage,
            Photos = await catalog.FindBySha256Async([.. shown.Select(item => item.Sha256)], cancellationToken).ConfigureAwait(false),
        });
    }

    private static Task<IResult> PromoteAsync(
        int version,
        [FromForm] string? reason,
        [FromForm] int? expectedChampion,
        IModelRegistry registry,
        Actor actor,
        HttpContext context) => ChangeAsync(
            version,
            context,
            () => registry.PromoteAsync(version, new ChampionRequest(reason ?? "").CheckedReason, actor.AuditName, expectedChampion, context.RequestAborted));

    private static async Task<IResult> AnnotateAsync(
        int version, [FromForm] string? note, IModelRegistry registry, Actor actor, CancellationToken cancellationToken)
    {
        await registry.AnnotateAsync(version, new NoteRequest(note).CheckedNote, actor.AuditName, cancellationToken).ConfigureAwait(false);
        return PageRoutes.SeeOther(FormattableString.Invariant($"models/{version}?done={Noted}"));
    }

    private static Task<IResult> RollbackAsync(
        [FromForm] string? reason, [FromForm] int expectedChampion, IModelRegistry registry, Actor actor, HttpContext context) =>
        ChangeAsync(
            expectedChampion,
            context,
            () => registry.RollbackAsync(new ChampionRequest(reason ?? "").CheckedReason, actor.AuditName, expectedChampion, context.RequestAborted));

    /// <summary>Changes what is served; where it changed meanwhile, the page is shown as it is now, and says so.</summary>
    private static async Task<IResult> ChangeAsync(int version, HttpContext context, Func<Task<ModelVersion>> change)
    {
        try
        {
            return PageRoutes.SeeOther($"models/{(await change().ConfigureAwait(false)).Version}?done={Served}");
        }
        catch (Exception exception) when (exception is ChampionChangedException or NoPreviousChampionException)
        {
            return await RenderAsync(version, context, exception.Message).ConfigureAwait(false);
        }
    }
}
