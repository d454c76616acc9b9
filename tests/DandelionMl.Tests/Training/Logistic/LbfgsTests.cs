using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.Logistic;

public sealed class LbfgsTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    public void Minimize_badly_scaled_quadratic_finds_its_minimum(int memory)
    {
        var point = new double[100];

        var iterations = Minimize(
            (at, gradient) =>
            {
                var value = 0.0;
                for (var i = 0; i < at.Length; i++)
                {
                    var (curvature, difference) = (1 + (i * i), at[i] - i);
                    gradient[i] = curvature * difference;
                    value += curvature * difference * difference / 2;
                }

                return value;
            },
            point, memory);

        Assert.InRange(iterations, 2, 900);
        Assert.All(point.Index(), item => Assert.Equal(item.Index, item.Item, 1e-6));
    }

    [Fact]
    public void Minimize_curved_valley_finds_its_minimum()
    {
        double[] point = [-1.2, 1];

        Minimize(
            (at, gradient) =>
            {
                var (along, across) = (1 - at[0], at[1] - (at[0] * at[0]));
                gradient[0] = (-2 * along) - (400 * at[0] * across);
                gradient[1] = 200 * across;
                return (along * along) + (100 * across * across);
            },
            point, memory: 10);

        Assert.Equal(1, point[0], 1e-6);
        Assert.Equal(1, point[1], 1e-6);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(20)]
    public void Minimize_with_an_inverse_Hessian_of_another_scale_asks_the_function_once_an_iteration(double scale)
    {
        var point = Enumerable.Repeat(1.0, 30).ToArray();
        var evaluations = 0;

        var iterations = Lbfgs.Minimize(
            (at, gradient) =>
            {
                evaluations++;
                for (var i = 0; i < at.Length; i++)
                {
                    gradient[i] = (1 + i) * at[i];
                }

                return at.Zip(gradient, (value, slope) => value * slope / 2).Sum();
            },
            point, 1e-10, maxIterations: 100, memory: 3,
            precondition: vector =>
            {
                for (var i = 0; i < vector.Length; i++)
                {
                    vector[i] *= scale / (1 + i % 7);
                }
            },
            cancellationToken: TestContext.Current.CancellationToken);

        // The first iteration alone has to find out.
        Assert.All(point, value => Assert.Equal(0, value, 1e-9));
        Assert.True(evaluations <= iterations * 1.2 + 4, $"{evaluations} evaluations in {iterations} iterations");
    }

    [Fact]
    public void Minimize_quadratic_with_its_inverse_Hessian_takes_one_step()
    {
        double[] point = [3, -5];

        var iterations = Lbfgs.Minimize(
            (at, gradient) =>
            {
                (gradient[0], gradient[1]) = (at[0], 1e6 * at[1]);
                return ((at[0] * at[0]) + (1e6 * at[1] * at[1])) / 2;
            },
            point, tolerance: 1e-8, maxIterations: 100, memory: 10, precondition: vector => vector[1] /= 1e6,
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(1, iterations);
        Assert.Equal([0, 0], point);
    }

    [Fact]
    public void Minimize_at_the_minimum_stays()
    {
        double[] point = [0];

        Assert.Equal(0, Minimize((at, gradient) => gradient[0] = at[0], point, memory: 10));
        Assert.Equal(0, point[0]);
    }

    [Fact]
    public void Minimize_cancelled_stops_before_the_next_iteration()
    {
        using var cancellation = new CancellationTokenSource();
        var iterations = 0;

        Assert.Throws<OperationCanceledException>(() => Lbfgs.Minimize(
            (at, gradient) =>
            {
                gradient[0] = 4 * at[0] * at[0] * at[0];
                return at[0] * at[0] * at[0] * at[0];
            },
            [5], 1e-12, 100, 10,
            () =>
            {
                iterations++;
                cancellation.Cancel();
            },
            cancellationToken: cancellation.Token));
        Assert.Equal(1, iterations);
    }

    private static int Minimize(SmoothFunction function, double[] point, int memory) =>
        Lbfgs.Minimize(function, point, tolerance: 1e-8, maxIterations: 1000, memory, cancellationToken: TestContext.Current.CancellationToken);
}
