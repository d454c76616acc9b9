using System.Numerics.Tensors;

namespace DandelionMl.Training.Logistic;

/// <summary>About the inverse Hessian of a fit, from a part of its photos: with it a fit to very many photos takes some twenty passes over
/// them, in place of hundreds (Byrd, Chin, Neveitt and Nocedal 2011, On the Use of Stochastic Hessian Information).</summary>
/// <remarks>All outputs share one matrix, the mean of their blocks of the Hessian on the diagonal. It changes the path to the optimum, not
/// the optimum, so that single precision is enough.</remarks>
internal sealed class Preconditioner
{
    private readonly PanelMatrix _factor;
    private readonly int _width;
    private readonly double _bias;
    private readonly int _outputs;

    private Preconditioner(PanelMatrix factor, int width, double bias, int outputs) =>
        (_factor, _width, _bias, _outputs) = (factor, width, bias, outputs);

    /// <summary>Finds it.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="photos">The part of its photos.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="point">Where the Hessian is taken: not far from the optimum.</param>
    public static Preconditioner Of(LogisticProblem problem, int[] photos, double lambda, double[] point)
    {
        // The bias stands alone, as the mean of the photos' values is about zero.
        var curvatures = CurvaturesOf(problem, photos, point);
        return new Preconditioner(
            PanelMatrix.Factorize(problem.Rows, photos, curvatures, lambda), problem.Rows.Width, 1 / (curvatures.Sum() + lambda), problem.Outputs);
    }

    /// <summary>Multiplies a vector, as long as a point, by it.</summary>
    public void Apply(double[] vector)
    {
        Parallel.For(0, _outputs, output => _factor.Solve(vector.AsSpan(output * _width, _width)));
        var bias = vector.AsSpan(_outputs * _width);
        TensorPrimitives.Multiply(bias, _bias, bias);
    }

    /// <summary>What each photo adds to the Hessian: p · (1 - p), in the mean over the outputs.</summary>
    private static double[] CurvaturesOf(LogisticProblem problem, int[] photos, double[] point)
    {
        var (logits, outputs) = (LogisticLoss.Logits(problem, photos, point), problem.Outputs);
        var total = photos.Sum(photo => problem.ClassWeights[problem.Targets[photo]]);
        return
        [
            .. photos.Select((photo, index) =>
            {
                var own = logits.AsSpan(index * outputs, outputs);
                var target = problem.Targets[photo];
                LogitLoss.ToGradient(own, target);

                // Probability minus target has the same p · (1 - p) as probability, but for the sign.
                var sum = 0.0;
                foreach (var difference in own)
                {
                    sum += Math.Abs(difference) * (1 - Math.Abs(difference));
                }

                return sum / outputs * problem.ClassWeights[target] / total;
            }),
        ];
    }
}
