using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Data;

/// <summary>How many photos came on each day, as stacked bars: a series for each of the classes that most are of, and one for the
/// rest.</summary>
public sealed class IntakeChart
{
    /// <summary>Height of the tallest bar, in the chart's own unit.</summary>
    public const int Height = 100;

    /// <summary>Width of a day.</summary>
    public const int DayWidth = 10;

    private const int MaxSeries = 5;

    private readonly Dictionary<(DateOnly, int), long> _photos;

    /// <param name="last">The last day.</param>
    /// <param name="days">How many days there are.</param>
    /// <param name="intake">What came.</param>
    public IntakeChart(DateOnly last, int days, IReadOnlyList<PhotoIntake> intake)
    {
        Days = [.. Enumerable.Range(1 - days, days).Select(last.AddDays)];
        var classes = intake.GroupBy(item => item.Label).OrderByDescending(group => group.Sum(item => item.Photos))
            .ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Key).ToList();
        HasRest = classes.Count > MaxSeries;
        Labels = [.. classes.Take(MaxSeries)];
        _photos = intake.GroupBy(item => (item.Day, SeriesOf(item.Label))).ToDictionary(group => group.Key, group => group.Sum(item => item.Photos));
        Total = intake.Sum(item => item.Photos);
        Most = Days.Max(TotalOf);
    }

    /// <summary>The lengths to choose from, in days; the first is the default.</summary>
    public static IReadOnlyList<int> Lengths { get; } = [30, 90, 365];

    /// <summary>The days, in order.</summary>
    public IReadOnlyList<DateOnly> Days { get; }

    /// <summary>The classes with a series of their own, the most frequent first.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether there are classes without one: their series comes last.</summary>
    public bool HasRest { get; }

    /// <summary>How many series there are.</summary>
    public int SeriesCount => Labels.Count + (HasRest ? 1 : 0);

    /// <summary>The photos of all days.</summary>
    public long Total { get; }

    /// <summary>The photos of the day on which most came.</summary>
    public long Most { get; }

    /// <summary>The first of the days on which most came.</summary>
    public DateOnly Busiest => Days.MaxBy(TotalOf);

    /// <summary>Width of the chart, in its own unit.</summary>
    public int Width => Days.Count * DayWidth;

    /// <summary>The photos of a series on a day.</summary>
    public long PhotosOf(DateOnly day, int series) => _photos.GetValueOrDefault((day, series));

    /// <summary>The photos of a day.</summary>
    public long TotalOf(DateOnly day) => Enumerable.Range(0, SeriesCount).Sum(series => PhotosOf(day, series));

    /// <summary>The parts of all bars that are not empty, from below.</summary>
    public IEnumerable<(DateOnly Day, int Series, double X, double Y, double Height)> Parts()
    {
        foreach (var (index, day) in Days.Index())
        {
            var below = 0L;
            for (var series = 0; series < SeriesCount; series++)
            {
                if (PhotosOf(day, series) is > 0 and var photos)
                {
                    below += photos;
                    yield return (day, series, (index * DayWidth) + 1, Height - (below * (double)Height / Most), photos * (double)Height / Most);
                }
            }
        }
    }

    private int SeriesOf(string label) =>
        Labels.Index().Where(item => item.Item == label).Select(item => item.Index).FirstOrDefault(Labels.Count);
}
