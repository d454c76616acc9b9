namespace DandelionMl.AspNetCore.Pages.Monitoring;

/// <summary>A mean by day, a share or a number, laid out in a picture of <see cref="Width"/> × <see cref="Height"/>; a day without photos has none.</summary>
public sealed class DayCurve
{
    /// <summary>The picture's width.</summary>
    public const int Width = 380;

    /// <summary>The picture's height.</summary>
    public const int Height = 210;

    private const int Left = 46;
    private const int Right = Width - 12;
    private const int Top = 10;
    private const int Bottom = Height - 26;

    /// <param name="first">The first day.</param>
    /// <param name="last">The last day, after the first.</param>
    /// <param name="values">The values, 0 to <paramref name="highest"/>.</param>
    /// <param name="highest">The value at the picture's top; 1 for shares.</param>
    internal DayCurve(DateOnly first, DateOnly last, IEnumerable<DayValue> values, double highest = 1) =>
        (First, Last, Values, Highest) = (first, last, [.. values.OrderBy(value => value.Day)], highest);

    /// <summary>The first day.</summary>
    public DateOnly First { get; }

    /// <summary>The last day.</summary>
    public DateOnly Last { get; }

    /// <summary>The days with photos, in order.</summary>
    public IReadOnlyList<DayValue> Values { get; }

    /// <summary>The value at the picture's top.</summary>
    public double Highest { get; }

    /// <summary>The mean over all photos; null without any.</summary>
    public double? Mean => Values.Sum(value => value.Photos) is > 0 and var photos ? Values.Sum(value => value.Value * value.Photos) / photos : null;

    /// <summary>The photos of all days.</summary>
    public long Photos => Values.Sum(value => value.Photos);

    /// <summary>The heights that are marked.</summary>
    internal IReadOnlyList<double> Marks => [.. Enumerable.Range(0, 5).Select(quarter => quarter * Highest / 4)];

    internal static int Start => Left;

    internal static int End => Right;

    internal double X(DateOnly day) => Left + ((day.DayNumber - First.DayNumber) * (double)(Right - Left) / (Last.DayNumber - First.DayNumber));

    internal double Y(double value) => Bottom - (value / Highest * (Bottom - Top));
}

/// <summary>The mean of a day's photos.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Value">The mean.</param>
/// <param name="Photos">How many photos it is of.</param>
public sealed record DayValue(DateOnly Day, double Value, long Photos);
