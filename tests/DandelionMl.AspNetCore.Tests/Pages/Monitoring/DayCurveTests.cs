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

    private static ServedDay Served(string day, int version, string label, long photos, double confidence, long ranked, double ranks) => new()
    {
        Day = day,
        ModelVersion = version,
        Label = label,
        Photos = photos,
        ConfidenceSum = confidence,
        Ranked = ranked,
        RankSum = ranks,
    };
}
