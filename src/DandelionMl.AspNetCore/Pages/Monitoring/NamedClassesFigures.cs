using DandelionMl.AspNetCore.Pages.Data;
using DandelionMl.Drift.Watching;
using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Pages.Monitoring;

/// <summary>How many classes the served model named for the photos that came, beside what it named for those held out from it.</summary>
public sealed class NamedClassesFigures
{
    internal NamedClassesFigures(DateOnly first, DateOnly last, IReadOnlyList<ServedDay> days, ModelVersion? champion)
    {
        Champion = champion;
        Counts = new IntakeChart(last, last.DayNumber - first.DayNumber + 1, ServedFigures.ByNamedClasses(days));
        List<DayValue> means = [.. ServedFigures.NamedClasses(days)];
        Unknown = new DayCurve(first, last, ServedFigures.Unknown(days));
        Mean = new DayCurve(first, last, means, Math.Ceiling(means.Select(day => day.Value).Append(HeldOut ?? 0).Append(2).Max()));
    }

    /// <summary>Photos by day: one class, several, none.</summary>
    public IntakeChart Counts { get; }

    /// <summary>The mean number of classes named.</summary>
    public DayCurve Mean { get; }

    /// <summary>The share of photos that are not like the training photos: their class is none of those named.</summary>
    public DayCurve Unknown { get; }

    /// <summary>The served version; null for none.</summary>
    public ModelVersion? Champion { get; }

    /// <summary>The mean number of classes that it names for its test photos; null where it names none.</summary>
    public double? HeldOut => Champion?.Metrics.PredictionSetSize;

    /// <summary>The share of all photos that a group has, 0 to 1: <c>One</c>, <c>Several</c>, <c>None</c>.</summary>
    public double ShareOf(string group) => Counts.Labels.Index().Where(label => label.Item == group)
        .Sum(label => Counts.Days.Sum(day => Counts.PhotosOf(day, label.Index))) / (double)Math.Max(Counts.Total, 1);
}
