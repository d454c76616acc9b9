using System.ComponentModel;
using DandelionMl.AspNetCore.Security;
using DandelionMl.Drift.Watching;
using DandelionMl.Registry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DandelionMl.AspNetCore.Api;

/// <summary><c>/api/v1/served-days</c>: what was classified, day by day.</summary>
internal static class ServedDaysEndpoint
{
    public static void MapServedDays(this IEndpointRouteBuilder routes) => routes.MapAdminApi()
        .MapGet("/served-days", ListAsync)
        .WithTags("Monitoring")
        .WithName("ListServedDays")
        .WithSummary("What each version said of the distinct photos of a day: classes, probability, how many classes it named, unknown photos; the newest first")
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Ok<IReadOnlyList<ServedDayResponse>>> ListAsync(
        DriftMonitor monitor,
        IModelRegistry registry,
        CancellationToken cancellationToken,
        [Description("How many days up to today, 1 to 400; 30 by default.")] int days = 30)
    {
        if (days is < 1 or > DriftMonitor.MostDays)
        {
            throw new BadHttpRequestException($"days is {days}: it must be between 1 and {DriftMonitor.MostDays}.");
        }

        var versions = (await registry.ListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(version => version.Version);
        return TypedResults.Ok<IReadOnlyList<ServedDayResponse>>(
        [
            .. (await monitor.ListDaysAsync(days, cancellationToken).ConfigureAwait(false))
                .GroupBy(day => (day.Day, day.ModelVersion))
                .OrderByDescending(group => group.Key.Day, StringComparer.Ordinal).ThenByDescending(group => group.Key.ModelVersion)
                .Select(group => ServedDayResponse.Of([.. group], versions.GetValueOrDefault(group.Key.ModelVersion))),
        ]);
    }
}

/// <summary>What a version said of the distinct photos of a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="ModelVersion">The version.</param>
/// <param name="Photos">How many photos.</param>
/// <param name="PhotosByClass">How many of them were given each class.</param>
/// <param name="MeanProbability">Mean probability of the class given, 0 to 1.</param>
/// <param name="MeanRank">Mean rank by strangeness among held-out photos, 0 to 1, a half without drift; null if it can't be told.</param>
/// <param name="OneClass">Photos that may be of one class alone: sure answers.</param>
/// <param name="SeveralClasses">Photos that may be of several classes.</param>
/// <param name="NoClasses">Photos of which that could not be told. Photos from before this was counted are in none of the three.</param>
/// <param name="MeanClasses">Mean number of classes that a photo may be of; null if it could not be told of any.</param>
/// <param name="TestedMeanClasses">The same on the version's test photos; null if it names none, or is gone.</param>
/// <param name="Known">Photos like those that the version was trained on.</param>
/// <param name="Unknown">Photos that are not.</param>
internal sealed record ServedDayResponse(
    string Day,
    int ModelVersion,
    long Photos,
    IReadOnlyDictionary<string, long> PhotosByClass,
    double MeanProbability,
    double? MeanRank,
    long OneClass,
    long SeveralClasses,
    long NoClasses,
    double? MeanClasses,
    double? TestedMeanClasses,
    long Known,
    long Unknown)
{
    public static ServedDayResponse Of(IReadOnlyList<ServedDay> classes, ModelVersion? version)
    {
        var (photos, ranked) = (classes.Sum(item => item.Photos), classes.Sum(item => item.Ranked));
        var (one, several) = (classes.Sum(item => item.OneClass), classes.Sum(item => item.SeveralClasses));
        return new ServedDayResponse(
            classes[0].Day, classes[0].ModelVersion, photos, classes.ToDictionary(item => item.Label, item => item.Photos, StringComparer.Ordinal),
            classes.Sum(item => item.ConfidenceSum) / photos, ranked == 0 ? null : classes.Sum(item => item.RankSum) / ranked,
            one, several, classes.Sum(item => item.NoClasses), one + several == 0 ? null : classes.Sum(item => item.NamedClasses) / (double)(one + several),
            version?.Metrics.PredictionSetSize, classes.Sum(item => item.Known), classes.Sum(item => item.Unknown));
    }
}
