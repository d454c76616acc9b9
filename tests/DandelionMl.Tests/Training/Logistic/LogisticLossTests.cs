using DandelionMl.Tests.Support;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.Logistic;

public sealed class LogisticLossTests
{
    [Theory]
    [InlineData(2, 37, 5)]
    [InlineData(3, 70, 9)]
    [InlineData(5, 1300, 17)]
    public void Evaluate_gradient_is_the_slope_of_the_value(int classes, int photos, int width)
    {
        var problem = Problem(classes, photos, width);
        var loss = new LogisticLoss(problem, [.. Enumerable.Range(0, photos).Where(photo => photo % 10 != 3)], lambda: 0.01);
        var point = FormulaWeights.Values("loss.point", loss.Parameters, 0, 1).Select(value => (double)value).ToArray();
        var gradient = new double[point.Length];
        var scratch = new double[point.Length];
        loss.Evaluate(point, gradient);

        for (var parameter = 0; parameter < point.Length; parameter++)
        {
            const double Step = 1e-5;
            var middle = point[parameter];
            point[parameter] = middle + Step;
            var after = loss.Evaluate(point, scratch);
            point[parameter] = middle - Step;
            var before = loss.Evaluate(point, scratch);
            point[parameter] = middle;
            Assert.Equal((after - before) / (2 * Step), gradient[parameter], 1e-7);
        }
    }

    [Fact]
    public void Evaluate_at_zero_is_the_logarithm_of_the_classes_and_counts_what_is_right()
    {
        var problem = Problem(4, 100, 6);
        var loss = new LogisticLoss(problem, [.. Enumerable.Range(0, 100)], lambda: 1);

        Assert.Equal(Math.Log(4), loss.Evaluate(problem.Zero(), problem.Zero()), 1e-12);
        Assert.Equal(0.25, loss.Accuracy);
    }

    [Fact]
    public void Evaluate_many_photos_is_the_same_to_the_last_bit_on_any_number_of_threads()
    {
        var problem = Problem(2, 6000, 33);
        var point = FormulaWeights.Values("loss.point", 34, 0, 1).Select(value => (double)value).ToArray();
        var gradients = Enumerable.Range(0, 20).AsParallel().WithDegreeOfParallelism(8).Select(_ =>
        {
            var gradient = new double[point.Length];
            new LogisticLoss(problem, [.. Enumerable.Range(0, 6000)], lambda: 0.01).Evaluate(point, gradient);
            return gradient;
        }).ToList();

        Assert.All(gradients, gradient => Assert.Equal(gradients[0], gradient));
    }

    private static LogisticProblem Problem(int classes, int photos, int width) => new(
        new ScaledEmbeddings([.. Enumerable.Range(0, photos).Select(photo => FormulaWeights.Values($"loss.{photo}", width, 0, 1))]),
        [.. Enumerable.Range(0, photos).Select(photo => photo % classes)], classes,
        [.. Enumerable.Range(0, classes).Select(index => 1.0 + index)]);
}
