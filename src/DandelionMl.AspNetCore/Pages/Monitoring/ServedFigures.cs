using System.Globalization;
using DandelionMl.Drift.Watching;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Monitoring;

/// <summary>What the page shows of the photos that were served, day by day.</summary>
internal static class ServedFigures
{
    /// <summary>Photos by day and class.</summary>
    public static IReadOnlyList<PhotoIntake> ByClass(IEnumerable<ServedDay> days) =>
        [.. days.GroupBy(day => (day.Day, day.Label)).Select(group => new PhotoIntake(Parse(group.Key.Day), group.Key.Label, group.Sum(day => day.Photos)))];

    /// <summary>The mean probability of the class given, and of how many photos that is.</summary>
    public static IEnumerable<DayValue> Confidence(IEnumerable<ServedDay> days) =>
        Means(days, day => day.ConfidenceSum, day => day.Photos);

    /// <summary>The mean rank by strangeness, and of how many photos that is.</summary>
    public static IEnumerable<DayValue> Ranks(IEnumerable<ServedDay> days) =>
        Means(days, day => day.RankSum, day => day.Ranked);

    /// <summary>Photos by day and by how many classes were named for them, by the text's own name.</summary>
    public static IReadOnlyList<PhotoIntake> ByNamedClasses(IEnumerable<ServedDay> days) =>
    [
        .. from day in days
           from count in ((string Name, long Photos)[])[("One", day.OneClass), ("Several", day.SeveralClasses), ("None", day.NoClasses)]
           where count.Photos > 0
           group count.Photos by (day.Day, count.Name) into counts
           select new PhotoIntake(Parse(counts.Key.Day), counts.Key.Name, counts.Sum()),
    ];

    /// <summary>The mean number of classes named, and for how many photos some were.</summary>
    public static IEnumerable<DayValue> NamedClasses(IEnumerable<ServedDay> days) =>
        Means(days, day => day.NamedClasses, day => day.OneClass + day.SeveralClasses);

    /// <summary>The share of photos that are not like the training photos, and of how many that is.</summary>
    public static IEnumerable<DayValue> Unknown(IEnumerable<ServedDay> days) => Means(days, day => day.Unknown, day => day.Known + day.Unknown);

    /// <summary>The share of reviewers' decisions that confirm the model's class.</summary>
    public static IEnumerable<DayValue> Agreement(IEnumerable<AgreementOfDay> days) =>
        days.Select(day => new DayValue(day.Day, day.Confirmed / (double)day.Decisions, day.Decisions));

    private static IEnumerable<DayValue> Means(IEnumerable<ServedDay> days, Func<ServedDay, double> sum, Func<ServedDay, long> count) =>
        from day in days
        group day by day.Day into all
        let photos = all.Sum(count)
        where photos > 0
        select new DayValue(Parse(all.Key), all.Sum(sum) / photos, photos);

    private static DateOnly Parse(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
