using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Catalog;
using DandelionMl.Photos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/images</c>: every photo of the catalog, to look for, to count, and one by one.</summary>
internal static class PhotoEndpoints
{
    private const int MaxDays = 366;
    private const int UsualDays = 30;

    public static void MapPhotos(this IEndpointRouteBuilder routes)
    {
        var photos = routes.MapAdminApi().MapGroup("/images").WithTags("Images");
        photos.MapGet("/", ListAsync)
            .WithName("ListImages")
            .WithSummary("Photos that meet all conditions, the newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        photos.MapGet("/statistics", CountAsync)
            .WithName("GetImageStatistics")
            .WithSummary("The number of photos by label and state, and by day of arrival")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        photos.MapGet("/{imageId:long}", FindAsync)
            .WithName("GetImage")
            .WithSummary("A photo, its history, and what its sender and the model said")
            .ProducesProblem(StatusCodes.Status404NotFound);
        photos.MapGet("/{imageId:long}/similar", FindSimilarAsync)
            .WithName("ListSimilarImages")
            .WithSummary("The photos that look most like one, the most similar first")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<PhotoList>> ListAsync([AsParameters] PhotoQuery query, PhotoSearch search, CancellationToken cancellationToken)
    {
        var (_, count) = new PageRequest(null, query.Limit).Check();
        var photos = await search.FindAsync(query.ToFilter(), query.Before, count, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(PhotoList.Of(photos, count));
    }

    private static async Task<Ok<PhotoStatistics>> CountAsync(
        PhotoSearch search,
        TimeProvider time,
        CancellationToken cancellationToken,
        [Description("The first day to count the intake of, UTC; 29 days before the last by default.")] DateOnly? from = null,
        [Description("The last day, UTC; today by default. At most 366 days in all.")] DateOnly? to = null)
    {
        var last = to ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = from ?? DateOnly.FromDayNumber(Math.Max(last.DayNumber - UsualDays + 1, 0));
        if (last == DateOnly.MaxValue || last < first || last.DayNumber - first.DayNumber >= MaxDays)
        {
            throw new BadHttpRequestException($"from {first:O} to {last:O}: it must be 1 to {MaxDays} days.");
        }

        return TypedResults.Ok(new PhotoStatistics(
            await search.CountByLabelAsync(cancellationToken).ConfigureAwait(false), first, last, await search.CountByDayAsync(first, last, cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>Answers with a photo and its history.</summary>
    public static async Task<Results<Ok<PhotoResponse>, ProblemHttpResult>> FindAsync(
        long imageId, PhotoSearch search, CancellationToken cancellationToken) =>
        await search.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is { } photo
            ? TypedResults.Ok(PhotoResponse.Of(photo, await search.ListHistoryAsync(imageId, cancellationToken).ConfigureAwait(false)))
            : NotFound(imageId);

    /// <summary>Answers with the photos that look most like one.</summary>
    public static async Task<Results<Ok<IReadOnlyList<SimilarPhotoResponse>>, ProblemHttpResult>> FindSimilarAsync(
        long imageId,
        IImageCatalog catalog,
        SimilarPhotos similar,
        CancellationToken cancellationToken,
        [Description("The most to return, 1 to 60; 12 by default.")] int count = 12)
    {
        if (count is < 1 or > SimilarPhotos.MaxCount)
        {
            throw new BadHttpRequestException($"count is {count}: it must be between 1 and {SimilarPhotos.MaxCount}.");
        }

        if (await catalog.FindAsync(imageId, cancellationToken).ConfigureAwait(false) is null)
        {
            return NotFound(imageId);
        }

        var photos = await similar.FindAsync(imageId, count, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok<IReadOnlyList<SimilarPhotoResponse>>([.. photos.Select(SimilarPhotoResponse.Of)]);
    }

    private static ProblemHttpResult NotFound(long imageId) =>
        TypedResults.Problem($"There is no photo {imageId}.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>What the catalog holds.</summary>
/// <param name="Counts">How many photos there are, by label and state; counts of 0 are left out.</param>
/// <param name="From">The first day of the intake.</param>
/// <param name="To">The last day of the intake.</param>
/// <param name="Intake">How many photos came, by day and label; counts of 0 are left out.</param>
internal sealed record PhotoStatistics(IReadOnlyList<PhotoCount> Counts, DateOnly From, DateOnly To, IReadOnlyList<PhotoIntake> Intake);
