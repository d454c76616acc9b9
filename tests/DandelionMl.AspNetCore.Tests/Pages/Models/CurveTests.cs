using DandelionMl.AspNetCore.Pages.Models;

namespace DandelionMl.AspNetCore.Tests.Pages.Models;

public sealed class CurveTests
{
    [Theory]
    [InlineData(new[] { 0.47, 0.1, 0.0 }, false, new[] { 0, 0.1, 0.2, 0.3, 0.4, 0.5 })]
    [InlineData(new[] { 0.72, 0.9, 1.0 }, true, new[] { 0.7, 0.8, 0.9, 1 })]
    [InlineData(new[] { 0.1, 0.9 }, true, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(new[] { 1.0 }, true, new[] { 0.99, 1 })]
    [InlineData(new[] { 0.0, 0.0 }, false, new[] { 0, 0.01 })]
    [InlineData(new[] { 12.0, 3.0 }, false, new double[] { 0, 5, 10, 15 })]
    public void Marks_are_round_and_hold_all_values(double[] values, bool isShare, double[] marks)
    {
        var curve = new Curve(values, isShare);

        Assert.Equal(marks, curve.Marks.Select(mark => Math.Round(mark, 6)));
        Assert.All(values, value => Assert.InRange(curve.Y(value), Curve.Top - 0.01, Curve.Bottom + 0.01));
    }

    [Fact]
    public void Points_go_from_edge_to_edge_and_upwards_with_the_value()
    {
        var curve = new Curve([0, 0.5, 1], isShare: true);

        Assert.Equal($"{Curve.Left},{Curve.Bottom} {(Curve.Left + Curve.Right) / 2},{(Curve.Top + Curve.Bottom) / 2} {Curve.Right},{Curve.Top}", curve.Points);
    }
}
