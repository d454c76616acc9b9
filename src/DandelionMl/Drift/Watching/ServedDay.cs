using System.Globalization;

namespace DandelionMl.Drift.Watching;

/// <summary>The photos of a class that a version served on a day.</summary>
internal sealed record ServedDay
{
    /// <summary>The day, UTC, as <c>2026-12-31</c>.</summary>
    public required string Day { get; init; }

    /// <summary>The version.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>The class.</summary>
    public required string Label { get; init; }

    /// <summary>Distinct photos.</summary>
    public required long Photos { get; init; }

    /// <summary>The sum of their probabilities.</summary>
    public required double ConfidenceSum { get; init; }

    /// <summary>Those of them that were ranked by strangeness.</summary>
    public required long Ranked { get; init; }

    /// <summary>The sum of their ranks.</summary>
    public required double RankSum { get; init; }

    /// <summary>Photos for which one class was named, as all that they may be of.</summary>
    public required long OneClass { get; init; }

    /// <summary>Photos for which several classes were named.</summary>
    public required long SeveralClasses { get; init; }

    /// <summary>Photos for which the version could not tell what else they may be of. Photos from before this was counted are in none of
    /// the three.</summary>
    public required long NoClasses { get; init; }

    /// <summary>How many classes were named in all.</summary>
    public required long NamedClasses { get; init; }

    /// <summary>Photos like those that the version was trained on.</summary>
    public required long Known { get; init; }

    /// <summary>Photos that are not.</summary>
    public required long Unknown { get; init; }

    /// <summary>The day of a time, as <c>2026-12-31</c>.</summary>
    public static string Of(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Counts photos by day, version and class.</summary>
    public static IEnumerable<ServedDay> Count(IEnumerable<ServedPhoto> photos) =>
        photos.GroupBy(photo => (photo.Day, photo.ModelVersion, photo.Label)).Select(group => new ServedDay
        {
            Day = group.Key.Day,
            ModelVersion = group.Key.ModelVersion,
            Label = group.Key.Label,
            Photos = group.LongCount(),
            ConfidenceSum = group.Sum(photo => photo.Probability),
            Ranked = group.LongCount(photo => photo.Rank is not null),
            RankSum = group.Sum(photo => photo.Rank ?? 0),
            OneClass = group.LongCount(photo => photo.NamedClasses == 1),
            SeveralClasses = group.LongCount(photo => photo.NamedClasses > 1),
            NoClasses = group.LongCount(photo => photo.NamedClasses is null),
            NamedClasses = group.Sum(photo => (long)(photo.NamedClasses ?? 0)),
            Known = group.LongCount(photo => photo.IsKnown == true),
            Unknown = group.LongCount(photo => photo.IsKnown == false),
        });
}
