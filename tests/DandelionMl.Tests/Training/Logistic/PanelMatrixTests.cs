using DandelionMl.Tests.Support;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.Logistic;

public sealed class PanelMatrixTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(32, 300)]
    [InlineData(70, 129)]
    [InlineData(100, 20)]
    public void Solve_undoes_the_sum_of_the_photos(int width, int photos)
    {
        var rows = Rows(photos, width, index => 1);
        double[] factors = [.. Values("factors", photos).Select(Math.Abs)];
        var matrix = PanelMatrix.Factorize(rows, [.. Enumerable.Range(0, photos)], factors, diagonal: 0.1);
        var expected = Values("expected", width);

        var vector = expected.Select(value => 0.1 * value).ToArray();
        var row = new double[width];
        for (var photo = 0; photo < photos; photo++)
        {
            rows.CopyTo(photo, row);
            var product = factors[photo] * row.Zip(expected, (value, other) => value * other).Sum();
            vector = [.. vector.Zip(row, (sum, value) => sum + (product * value))];
        }

        matrix.Solve(vector);

        Assert.All(expected.Zip(vector), item => Assert.Equal(item.First, item.Second, 1e-3));
    }

    [Fact]
    public void Solve_of_values_that_differ_by_little_more_than_rounding_is_finite_and_leads_downhill()
    {
        // One direction counts a million times what the others do, and all photos lie on it.
        var rows = Rows(200, 64, index => index == 0 ? 1 : 1e-5f);
        double[] factors = [.. Enumerable.Repeat(1.0, 200)];
        var matrix = PanelMatrix.Factorize(rows, [.. Enumerable.Range(0, 200)], factors, diagonal: 1e-12);
        var gradient = Values("gradient", 64);

        var direction = gradient.ToArray();
        matrix.Solve(direction);

        Assert.All(direction, value => Assert.True(double.IsFinite(value)));
        Assert.True(gradient.Zip(direction, (value, other) => value * other).Sum() > 0);
    }

    private static ScaledEmbeddings Rows(int photos, int width, Func<int, float> scale) => new(
        [.. Enumerable.Range(0, photos).Select(photo => (ReadOnlyMemory<float>)FormulaWeights.Values($"photo.{photo}", width, 0, 1)
            .Select((value, index) => value * scale(index)).ToArray())]);

    private static double[] Values(string name, int count) => [.. FormulaWeights.Values(name, count, 0, 1).Select(value => (double)value)];
}
