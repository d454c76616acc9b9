using DandelionMl.AspNetCore.Security;
using DandelionMl.LiveAccuracy;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/live-accuracy</c>: how good the served model is on the photos that people send.</summary>
internal static class LiveAccuracyEndpoint
{
    public static void MapLiveAccuracy(this IEndpointRouteBuilder routes) => routes.MapAdminApi()
        .MapGet("/live-accuracy", ListAsync)
        .WithTags("Monitoring")
        .WithName("ListLiveAccuracy")
        .WithSummary("How good each model version was on the photos that people sent, by week, the newest first");

    private static async Task<Ok<IReadOnlyList<LiveAccuracyResponse>>> ListAsync(LiveAccuracyReader accuracy, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<LiveAccuracyResponse>>(
            [.. (await accuracy.ListAsync(cancellationToken).ConfigureAwait(false)).Select(LiveAccuracyResponse.Of)]);
}

/// <summary>How good a model version was on the photos of a week.</summary>
/// <param name="Week">The week's Monday; it begins and ends at midnight, UTC.</param>
/// <param name="ModelVersion">The version that answered.</param>
/// <param name="Photos">Photos that came and were kept.</param>
/// <param name="Reviewed">Those that count as drawn at random and were reviewed; unusable ones do not count.</param>
/// <param name="Accuracy">The estimated share of right answers to all of them, 0 to 1; null while too few are reviewed.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="Missing">How many more are to be reviewed, drawn at random, before there is a figure; null where too few photos came for
/// one.</param>
internal sealed record LiveAccuracyResponse(
    DateOnly Week, int ModelVersion, int Photos, int Reviewed, double? Accuracy, double? Low, double? High, int? Missing)
{
    public static LiveAccuracyResponse Of(WeekAccuracy week) => new(
        week.Week, week.ModelVersion, week.Figure.Photos, week.Figure.Reviewed, week.Figure.Estimate?.Accuracy, week.Figure.Estimate?.Low,
        week.Figure.Estimate?.High, week.Figure.Missing);
}
