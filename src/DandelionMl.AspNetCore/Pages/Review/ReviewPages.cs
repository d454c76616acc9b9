using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Review;

/// <summary><c>/review</c>: users' photos, one by one, many at a time, and who decided what.</summary>
internal static class ReviewPages
{
    private const int PerPage = 50;

    public static void MapReviewPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapAdminPages();
        pages.MapPage<OneByOnePage>("/review");
        pages.MapPage<GridPage>("/review/grid");
        pages.MapGet("/review/history", ShowHistoryAsync);
    }

    private static async Task<IResult> ShowHistoryAsync(ReviewDesk desk, PhotoSearch search, CancellationToken cancellationToken, int skip = 0)
    {
        skip = Math.Max(skip, 0);
        var events = await desk.ListLatestEventsAsync(skip, PerPage + 1, cancellationToken).ConfigureAwait(false);
        var photos = await search.FindAllAsync(events.Select(item => item.ImageId), cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<HistoryPage>(new
        {
            Events = events.Take(PerPage).ToList(),
            Photos = photos.ToDictionary(photo => photo.Image.Id),
            First = skip > 0 ? "review/history" : null,
            Next = events.Count > PerPage ? $"review/history?skip={skip + PerPage}" : null,
        });
    }
}
