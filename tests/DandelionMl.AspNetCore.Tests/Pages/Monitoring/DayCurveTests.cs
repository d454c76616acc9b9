using DandelionMl.AspNetCore.Pages.Monitoring;
using DandelionMl.Drift.Watching;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Tests.Pages.Monitoring;

public sealed class DayCurveTests
{
    private static readonly DateOnly First = new(2030, 3, 1);
    private static readonly DateOnly Last = new(2030, 3, 30);

    [Fact]
    public void Mean_is_of_photos_not_of_days()
    {
        var curve = new DayCurve(First, Last, [new(First.AddDays(3), 0.5, 30), new(First, 0.9, 10)]);

        Assert.Equal(0.6, curve.Mean!.Value, 9);
        Assert.Equal([First, First.AddDays(3)], curve.Values.Select(value => value.Day));
        Assert.Equal((46, 368), (curve.X(First), curve.X(Last)));
        Assert.Equal((184, 10), (curve.Y(0), curve.Y(1)));
        Assert.Equal([0, 1, 2, 3, 4], new DayCurve(First, Last, [], highest: 4).Marks);
        Assert.Equal(97, new DayCurve(First, Last, [], highest: 4).Y(2));
        Assert.Null(new DayCurve(First, Last, []).Mean);
    }

    [Fact]
    public void Figures_add_up_the_classes_and_versions_of_a_day()
    {
        ServedDay[] days =
        [
            Served("2030-03-01", 1, "grass", photos: 10, confidence: 9, ranked: 10, ranks: 4),
            Served("2030-03-01", 2, "grass", photos: 5, confidence: 3, ranked: 0, ranks: 0),
            Served("2030-03-01", 2, "dandelion", photos: 5, confidence: 3, ranked: 5, ranks: 5),
            Served("2030-03-02", 2, "dandelion", photos: 1, confidence: 1, ranked: 0, ranks: 0),
        ];

        Assert.Equal(
            [(First, "grass", 15), (First, "dandelion", 5), (First.AddDays(1), "dandelion", 1)],
            ServedFigures.ByClass(days).Select(item => (item.Day, item.Label, item.Photos)));
        Assert.Equal([new DayValue(First, 0.75, 20), new DayValue(First.AddDays(1), 1, 1)], ServedFigures.Confidence(days));
        Assert.Equal([new DayValue(First, 0.6, 15)], ServedFigures.Ranks(days));
        Assert.Equal([new DayValue(First, 0.25, 4)], ServedFigures.Agreement([new AgreementOfDay(First, 4, 1)]));
    }

    [Fact]
    public void Classes_named_are_told_of_those_photos_of_which_they_are_known()
    {
        ServedDay[] days =
        [
            Served("2030-03-01", 1, "grass", photos: 100, confidence: 90, ranked: 0, ranks: 0),
            Served("2030-03-01", 2, "grass", photos: 8, confidence: 7, ranked: 0, ranks: 0) with { OneClass = 6, SeveralClasses = 2, NamedClasses = 11, Known = 7, Unknown = 1 },
            Served("2030-03-01", 2, "moss", photos: 2, confidence: 1, ranked: 0, ranks: 0) with { OneClass = 2, NamedClasses = 2, Known = 1, Unknown = 1 },
            Served("2030-03-02", 3, "grass", photos: 10, confidence: 9, ranked: 0, ranks: 0) with { NoClasses = 10 },
        ];
        var figures = new NamedClassesFigures(First, First.AddDays(29), days, champion: null);

        Assert.Equal([new DayValue(First, 1.3, 10)], figures.Mean.Values);
        Assert.Equal([new DayValue(First, 0.2, 10)], figures.Unknown.Values);
        Assert.Equal((2, 20, 30), (figures.Mean.Highest, figures.Counts.Total, figures.Counts.Days.Count));
        Assert.Equal((0.4, 0.1, 0.5), (figures.ShareOf("One"), figures.ShareOf("Several"), figures.ShareOf("None")));
        Assert.Equal(0, new NamedClassesFigures(First, Last, [], champion: null).ShareOf("One"));
    }

    private static ServedDay Served(string day, int version, string label, long photos, double confidence, long ranked, double ranks) => new()
    {
        OneClass = 0,
        SeveralClasses = 0,
        NoClasses = 0,
        NamedClasses = 0,
        Known = 0,
        Unknown = 0,
        Day = day,
        ModelVersion = version,
        Label = label,
        Photos = photos,
        ConfidenceSum = confidence,
        Ranked = ranked,
        RankSum = ranks,
    };
}
