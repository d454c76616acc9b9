using DandelionMl.AspNetCore.Pages.Data;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Tests.Pages;

public sealed class IntakeChartTests
{
    private static readonly DateOnly Today = new(2025, 3, 3);

    [Fact]
    public void Parts_are_stacked_from_below_and_the_tallest_bar_has_the_chart_s_height()
    {
        var chart = new IntakeChart(Today, 30, [new(Today, "grass", 1), new(Today.AddDays(-29), "grass", 6), new(Today.AddDays(-29), "dandelion", 2)]);

        Assert.Equal((9, 8, Today.AddDays(-29), 300), (chart.Total, chart.Most, chart.Busiest, chart.Width));
        Assert.Equal(["grass", "dandelion"], chart.Labels);
        Assert.Equal(
            [(Today.AddDays(-29), 0, 1, 25, 75), (Today.AddDays(-29), 1, 1, 0, 25), (Today, 0, 291, 87.5, 12.5)],
            chart.Parts().Select(part => (part.Day, part.Series, part.X, part.Y, part.Height)));
    }

    [Fact]
    public void Rare_classes_share_the_last_series()
    {
        var chart = new IntakeChart(Today, 30, [.. Enumerable.Range(1, 8).Select(number => new PhotoIntake(Today, $"class {number}", number))]);

        Assert.Equal(["class 8", "class 7", "class 6", "class 5", "class 4"], chart.Labels);
        Assert.True(chart.HasRest);
        Assert.Equal((6, 6), (chart.SeriesCount, chart.PhotosOf(Today, 5)));
        Assert.Equal(IntakeChart.Height, chart.Parts().Sum(part => part.Height), 6);
    }

    [Fact]
    public void Nothing_has_no_parts()
    {
        var chart = new IntakeChart(Today, 90, []);

        Assert.Equal((0, 0, 90), (chart.Total, chart.Most, chart.Days.Count));
        Assert.Empty(chart.Parts());
    }
}
