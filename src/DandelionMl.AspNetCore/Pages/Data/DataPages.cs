using DandelionMl.AspNetCore.Api;
using DandelionMl.Catalog;
using DandelionMl.Photos;
using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary><c>/data</c>: every photo, to look for, to count, and one by one.</summary>
internal static class DataPages
{
    private const int PerPage = 60;
    private const int UsualSimilar = 12;
    private const int DoubtsPerPage = 24;

    public static void MapDataPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapAdminPages();
        pages.MapGet("/data", (HttpRequest request) => RenderListAsync(request.HttpContext));
        pages.MapGet("/data/statistics", (HttpRequest request) => RenderStatisticsAsync(request.HttpContext));
        pages.MapGet("/data/labels", CheckLabelsAsync);
        pages.MapGet("/data/{imageId:long}", ShowAsync);
        pages.MapCurationForms();
        pages.MapBulkForms();
        pages.MapExports();
        pages.MapRenameForms();
        pages.MapLabelForms();
    }

    /// <summary>The page of a photo.</summary>
    /// <param name="context">The request, with what it needs.</param>
    /// <param name="imageId">The photo.</param>
    /// <param name="problem">Key of what to say of a change that was refused; null if none was.</param>
    /// <param name="unknown">The label that no class has, which is why; null if it is not.</param>
    /// <param name="status">The answer's status, where there is such a photo.</param>
    public static async Task<IResult> RenderPhotoAsync(
        HttpContext context, long imageId, string? problem = null, UnknownLabel? unknown = null, int status = StatusCodes.Status200OK)
    {
        var (services, cancellationToken) = (context.RequestServices, context.RequestAborted);
        var search = services.GetRequiredService<PhotoSearch>();
        if (await search.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is not { } photo)
        {
            return TypedResults.Problem($"There is no photo {imageId}.", statusCode: StatusCodes.Status404NotFound);
        }

        problem ??= FindRefusal(context.Request.Query["refused"], photo.Image.State);
        var history = await search.ListHistoryAsync(imageId, cancellationToken).ConfigureAwait(false);
        var registry = services.GetRequiredService<IModelRegistry>();
        var (similar, whyNot) = await FindSimilarAsync(context, imageId).ConfigureAwait(false);
        var query = DataAddress.Read(context.Request.Query);
        var (previous, next) = await search.FindNeighboursAsync(
            query.ToFilter(), query.Order, PhotoPlace.Of(photo), cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<PhotoPage>(
            new
            {
                Photo = photo,
                List = DataAddress.Of(query with { After = null }),
                Previous = previous is { } before ? DataAddress.OfPhoto(before, query) : null,
                Next = next is { } after ? DataAddress.OfPhoto(after, query) : null,
                History = history,
                Uses = photo.Image.Content is { } content ? await registry.FindVersionsOfImageAsync(content.Sha256, cancellationToken).ConfigureAwait(false) : [],
                Similar = similar,
                WhyNoSimilar = whyNot,
                CanShowMore = similar.Count == UsualSimilar,
                Labels = await services.GetRequiredService<KnownLabels>().ListAsync(cancellationToken).ConfigureAwait(false),
                Done = problem is null && unknown is null ? FindDone(context.Request.Query["done"], history) : null,
                Problem = problem,
                Unknown = unknown?.Label,
                SimilarClass = unknown?.Similar,
            },
            status);
    }

    /// <summary>The page of photos that the request's address asks for.</summary>
    /// <param name="context">The request, with what it needs.</param>
    /// <param name="refused">A change of many that was refused; null if none was.</param>
    public static async Task<IResult> RenderListAsync(HttpContext context, RefusedChange? refused = null)
    {
        var (services, cancellationToken) = (context.RequestServices, context.RequestAborted);
        var search = services.GetRequiredService<PhotoSearch>();
        var query = DataAddress.Read(context.Request.Query);
        var filter = query.ToFilter();
        var photos = await search.FindAsync(filter, query.Order, query.After, PerPage + 1, cancellationToken).ConfigureAwait(false);
        var counts = await CountAsync(search, cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<DataPage>(
        new
        {
            query.Photos.Label,
            State = query.Photos.State?.Value,
            query.Photos.Source,
            query.Photos.From,
            query.Photos.To,
            Sort = query.Order.ToString(),
            ChangeAddress = DataAddress.At("data/change", query),
            DownloadAddress = DataAddress.At("data/export.zip", query),
            Done = refused is null ? BulkForms.SayDone(context) : null,
            refused?.Problem,
            Chosen = refused?.Chosen ?? [],
            refused?.NewLabel,
            refused?.Reason,
            Photos = photos.Take(PerPage).ToList(),
            Found = await search.CountAsync(filter, cancellationToken).ConfigureAwait(false),
            HasAny = counts.Any(count => count.State != ImageState.Registered),
            NotFetched = query.Photos.State is null ? counts.Where(count => count.State == ImageState.Registered).Sum(count => count.Photos) : 0,
            Labels = counts.Select(count => count.Label).Distinct().ToList(),
            First = query.After is null ? null : DataAddress.Of(query with { After = null }),
            Next = photos.Count > PerPage ? DataAddress.Of(query with { After = PhotoPlace.Of(photos[PerPage - 1]) }) : null,
        },
        refused is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    /// <summary>The page of the counts, by the days that the request's address asks for.</summary>
    /// <param name="context">The request, with what it needs.</param>
    /// <param name="refused">A class that was not renamed; null if none was refused.</param>
    public static async Task<IResult> RenderStatisticsAsync(HttpContext context, RefusedRename? refused = null)
    {
        var (services, cancellationToken) = (context.RequestServices, context.RequestAborted);
        var search = services.GetRequiredService<PhotoSearch>();
        var time = services.GetRequiredService<TimeProvider>();
        var length = int.TryParse(context.Request.Query["days"], out var asked) && IntakeChart.Lengths.Contains(asked) ? asked : IntakeChart.Lengths[0];
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return PageRoutes.Render<StatisticsPage>(
            new
            {
                Labels = await services.GetRequiredService<KnownLabels>().ListAsync(cancellationToken).ConfigureAwait(false),
                Renamed = int.TryParse(context.Request.Query["renamed"], out var renamed) && refused is null ? renamed : (int?)null,
                refused?.Problem,
                refused?.From,
                refused?.To,
                Counts = await CountAsync(search, cancellationToken).ConfigureAwait(false),
                Intake = new IntakeChart(today, length, await search.CountByDayAsync(today.AddDays(1 - length), today, cancellationToken).ConfigureAwait(false)),
            },
            refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    /// <summary>How many photos there are; those that were erased are none any more, and their classes are not asked for again.</summary>
    private static async Task<List<PhotoCount>> CountAsync(PhotoSearch search, CancellationToken cancellationToken) =>
        [.. (await search.CountByLabelAsync(cancellationToken).ConfigureAwait(false)).Where(count => count.State != ImageState.Erased)];

    private static async Task<IResult> CheckLabelsAsync(LabelCheck check, HttpContext context) => PageRoutes.Render<LabelsPage>(new
    {
        Found = new DoubtedLabels(await check.RunAsync(DoubtsPerPage, context.RequestAborted).ConfigureAwait(false)),
        Done = LabelForms.SayDone(context),
    });

    private static Task<IResult> ShowAsync(long imageId, HttpContext context) => RenderPhotoAsync(context, imageId);

    /// <summary>The change that the address says was just made, if it is the last one that was: an address is easily written or kept.</summary>
    private static PhotoAction? FindDone(string? done, IReadOnlyList<PhotoEvent> history) =>
        history[^1].Action is (PhotoAction.Relabel or PhotoAction.Withdraw or PhotoAction.Restore or PhotoAction.Undo or PhotoAction.Erase) and var last && last.ToString() == done
            ? last
            : null;

    /// <summary>Key of why a change was refused, as the address says; null if the photo's state gives no reason for it.</summary>
    private static string? FindRefusal(string? refused, ImageState state) =>
        Enum.TryParse<PhotoRefusal>(refused, ignoreCase: true, out var refusal) && refusal switch
        {
            PhotoRefusal.AlreadyWithdrawn => state == ImageState.Withdrawn,
            PhotoRefusal.NotWithdrawn => state != ImageState.Withdrawn,
            PhotoRefusal.NotInTrainingSet => state != ImageState.Stored,
            PhotoRefusal.AlreadyLabelled => state == ImageState.Stored,
            PhotoRefusal.AlreadyErased => state == ImageState.Erased,
            PhotoRefusal.NotDecided => state == ImageState.Pending,
            PhotoRefusal.AlreadyTaken => state is ImageState.Stored or ImageState.Validated or ImageState.Duplicate,
            _ => false,
        }
            ? $"Photo.Refused{refusal}"
            : null;

    /// <summary>What looks like a photo; where that can't be told, why, and the rest of the page is shown all the same.</summary>
    private static async Task<(IReadOnlyList<KnownPhoto> Photos, string? WhyNot)> FindSimilarAsync(HttpContext context, long imageId)
    {
        var count = int.TryParse(context.Request.Query["similar"], out var asked) ? Math.Clamp(asked, 1, SimilarPhotos.MaxCount) : UsualSimilar;
        try
        {
            return (await context.RequestServices.GetRequiredService<SimilarPhotos>().FindAsync(imageId, count, context.RequestAborted).ConfigureAwait(false), null);
        }
        catch (DandelionMlException exception)
        {
            return ([], exception.Message);
        }
    }
}
