using DandelionMl.Tests.Support;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.Logistic;

public sealed class PreconditionerTests
{
    [Fact]
    public void Apply_undoes_the_Hessian_of_two_classes()
    {
        var problem = Problem(classes: 2, photos: 300, width: 70);
        int[] all = [.. Enumerable.Range(0, 300)];
        var loss = new LogisticLoss(problem, all, lambda: 0.01);
        var point = Values("point", 71);
        var direction = Values("direction", 71);
        direction[70] = 0;

        // What the Hessian makes of the direction is the change of the gradient along it.
        const double Step = 1e-5;
        var (after, before) = (new double[71], new double[71]);
        loss.Evaluate([.. point.Zip(direction, (at, by) => at + (Step * by))], after);
        loss.Evaluate([.. point.Zip(direction, (at, by) => at - (Step * by))], before);
        double[] product = [.. after.Zip(before, (one, other) => (one - other) / (2 * Step))];
        Preconditioner.Of(problem, all, 0.01, point).Apply(product);

        Assert.All(direction.Take(70).Zip(product), item => Assert.Equal(item.First, item.Second, 1e-4));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Fit_to_many_photos_finds_the_same_optimum_in_fewer_passes(int classes)
    {
        var problem = Problem(classes, photos: 4_000, width: 60);
        int[] all = [.. Enumerable.Range(0, 4_000)];
        var (found, plain) = (problem.Zero(), problem.Zero());
        var (passes, iterations) = (0, 0);

        problem.Fit(all, strength: 0.1, found, tolerance: 1e-10, _ => passes++, TestContext.Current.CancellationToken);
        Lbfgs.Minimize(
            new LogisticLoss(problem, all, 0.1 / 4_000).Evaluate, plain, 1e-10, 1_000, 40, () => iterations++, cancellationToken: TestContext.Current.CancellationToken);

        // The biases of several classes are known but for a number that all share.
        var weights = problem.Outputs * 60;
        Assert.All(found.Take(weights).Zip(plain), item => Assert.Equal(item.First, item.Second, 1e-5));
        Assert.True(passes * 4 < iterations * 3, $"{passes} passes in place of {iterations}");
    }

    private static LogisticProblem Problem(int classes, int photos, int width)
    {
        int[] targets = [.. Enumerable.Range(0, photos).Select(photo => photo % classes)];
        return new LogisticProblem(
            new ScaledEmbeddings([.. Enumerable.Range(0, photos).Select(photo => (ReadOnlyMemory<float>)Embedding(photo, targets[photo], width))]),
            targets, classes, [.. Enumerable.Repeat(1.0, classes)]);
    }

    /// <summary>Of a spectrum that falls, which is what takes many passes.</summary>
    private static float[] Embedding(int photo, int target, int width)
    {
        var values = FormulaWeights.Values($"many.{photo}", width, 0, 1);
        values[target] += 1.5f;
        return [.. values.Select((value, index) => value / (1 + index))];
    }

    private static double[] Values(string name, int count) => [.. FormulaWeights.Values(name, count, 0, 1).Select(value => (double)value)];
}
