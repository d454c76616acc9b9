using System.Globalization;
using System.Text.Json;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Pages.Shared;
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
        pages.MapGet("/review/history.csv", WriteHistoryAsync).LimitTime(null);
    }

    private static async Task<IResult> ShowHistoryAsync(
        HttpContext context, ReviewHistory history, PhotoSearch search, CancellationToken cancellationToken, int skip = 0)
    {
        skip = Math.Max(skip, 0);
        var filter = HistoryAddress.Read(context.Request.Query);
        var events = await history.ListAsync(filter, skip, PerPage + 1, cancellationToken).ConfigureAwait(false);
        var photos = await search.FindAllAsync(events.Select(item => item.ImageId), cancellationToken).ConfigureAwait(false);
        return PageRoutes.Render<HistoryPage>(new
        {
            Events = events.Take(PerPage).ToList(),
            Photos = photos.ToDictionary(photo => photo.Image.Id),
            Found = new HistoryResult(filter, await history.CountAsync(filter, cancellationToken).ConfigureAwait(false)),
            First = skip > 0 ? HistoryAddress.Of(HistoryAddress.Page, filter) : null,
            Next = events.Count > PerPage ? HistoryAddress.Of(HistoryAddress.Page, filter, skip + PerPage) : null,
        });
    }

    private static async Task WriteHistoryAsync(HttpContext context, ReviewHistory history, CancellationToken cancellationToken)
    {
        var writer = Csv.Begin(context.Response, "review.csv");
        await using var writerLifetime = writer.ConfigureAwait(false);
        await Csv.WriteRowAsync(writer, ["at", "person", "decision", "photo", "labelBefore", "label"]).ConfigureAwait(false);
        await foreach (var item in history.StreamAsync(HistoryAddress.Read(context.Request.Query), cancellationToken).ConfigureAwait(false))
        {
            await Csv.WriteRowAsync(writer,
            [
                item.At.ToString("O", CultureInfo.InvariantCulture),
                Csv.WithoutFormula(item.Actor),
                JsonNamingPolicy.CamelCase.ConvertName(item.Action.ToString()),
                item.ImageId.ToString(CultureInfo.InvariantCulture),
                Csv.WithoutFormula(item.FromLabel),
                Csv.WithoutFormula(item.ToLabel),
            ]).ConfigureAwait(false);
        }
    }
}
