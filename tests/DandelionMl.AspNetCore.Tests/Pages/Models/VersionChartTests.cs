using DandelionMl.AspNetCore.Pages.Models;
using DandelionMl.Backbones;
using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Tests.Pages.Models;

public sealed class VersionChartTests
{
    // By R's prop.test(x, n, correct = FALSE).
    [Theory]
    [InlineData(1, 40, 0.9124, 1)]
    [InlineData(0.9, 100, 0.8256, 0.9448)]
    [InlineData(0.5, 10, 0.2366, 0.7634)]
    [InlineData(0, 5, 0, 0.4345)]
    public void Interval_is_Wilson_s(double share, int photos, double low, double high)
    {
        var interval = AccuracyInterval.Of(share, photos);

        Assert.Equal(low, interval.Low, 1e-4);
        Assert.Equal(high, interval.High, 1e-4);
    }

    [Fact]
    public void Versions_stand_in_order_each_with_its_own_accuracy_and_an_interval_where_photos_were_told_apart()
    {
        var chart = new VersionChart([Model(3, "c", 0.8), Model(2, "b", 0.95, distinct: 30), Model(1, "a", 0.9)]);

        Assert.Equal([1, 2, 3], chart.Points.Select(point => point.Model.Version));
        Assert.Equal([0.9, 0.94, 0.8], chart.Points.Select(point => point.Accuracy));
        Assert.Equal([40, 30, 40], chart.Points.Select(point => point.Photos));
        Assert.Equal([false, true, false], chart.Points.Select(point => point.Interval is not null));
        Assert.Equal(chart.Points.Select(point => point.X).Order(), chart.Points.Select(point => point.X));
        Assert.All(chart.Points, point => Assert.InRange(point.X, Curve.Left + 6, Curve.Right - 6));
        Assert.All(chart.Points, point => Assert.InRange(chart.Y(point.Interval?.Low ?? point.Accuracy), Curve.Top, Curve.Bottom + 0.01));
    }

    [Fact]
    public void Versions_are_joined_only_where_they_had_the_same_photos()
    {
        Assert.Empty(new VersionChart([Model(2, "b", 0.9), Model(1, "a", 0.9)]).Joined);

        var chart = new VersionChart([Model(4, "a", 0.7), Model(3, "b", 0.8), Model(2, "a", 0.9), Model(1, "c", 0.9)]);
        Assert.Equal(2, Assert.Single(chart.Joined).Split(' ').Length);
    }

    [Fact]
    public void Only_the_last_versions_are_shown()
    {
        var chart = new VersionChart([.. Enumerable.Range(1, 100).Reverse().Select(version => Model(version, $"{version}", 0.9))]);

        Assert.Equal(VersionChart.Most, chart.Points.Count);
        Assert.Equal((61, 100), (chart.Points[0].Model.Version, chart.Points[^1].Model.Version));
        Assert.Equal([61, 80, 100], chart.Named.Select(point => point.Model.Version));
    }

    private static ModelVersion Model(int version, string manifest, double accuracy, int? distinct = null) => new()
    {
        Version = version,
        State = ModelState.Candidate,
        ArtifactKey = "",
        ArtifactSha256 = "",
        Space = new EmbeddingSpace("b", "p"),
        BackboneSha256 = "",
        Labels = ["dandelion", "grass"],
        ManifestSha256 = manifest,
        Options = "{}",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Metrics = new ModelMetrics
        {
            Images = 40,
            Accuracy = accuracy,
            Loss = 0,
            ExpectedCalibrationError = 0,
            Classes = [],
            ConfusionMatrix = [],
            DistinctPhotos = distinct,
            DistinctAccuracy = distinct is null ? null : accuracy - 0.01,
        },
    };
}
