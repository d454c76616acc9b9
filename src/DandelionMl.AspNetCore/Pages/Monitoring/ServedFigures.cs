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
        days.GroupBy(day => day.Day).Select(group => new DayValue(
            Parse(group.Key), group.Sum(day => day.ConfidenceSum) / group.Sum(day => day.Photos), group.Sum(day => day.Photos)));

    /// <summary>The mean rank by strangeness, and of how many photos that is.</summary>
    public static IEnumerable<DayValue> Ranks(IEnumerable<ServedDay> days) =>
        days.GroupBy(day => day.Day).Where(group => group.Any(day => day.Ranked > 0)).Select(group => new DayValue(
            Parse(group.Key), group.Sum(day => day.RankSum) / group.Sum(day => day.Ranked), group.Sum(day => day.Ranked)));

    /// <summary>The share of reviewers' decisions that confirm the model's class.</summary>
    public static IEnumerable<DayValue> Agreement(IEnumerable<AgreementOfDay> days) =>
        days.Select(day => new DayValue(day.Day, day.Confirmed / (double)day.Decisions, day.Decisions));

    private static DateOnly Parse(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
