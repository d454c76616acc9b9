using System.Numerics.Tensors;

namespace DandelionMl.Benchmarks.BuiltIn;

/// <summary>Logistic regression of two classes with an L2 penalty, solved exactly by Newton's method in the space of the
/// examples: it has no step size or number of rounds that an accuracy could depend on. Embeddings are taken at a mean squared
/// length of 1, whatever their scale.</summary>
internal sealed class LogisticRegression
{
    private const int MaximumSteps = 20;

    private readonly float[][] _examples;
    private readonly double[] _coefficients;
    private readonly double _squaredLength;

    /// <summary>Fits the model.</summary>
    /// <param name="examples">The embeddings.</param>
    /// <param name="labels">0 or 1 for each.</param>
    /// <param name="penalty">λ of λ/2·|w|².</param>
    public LogisticRegression(float[][] examples, int[] labels, double penalty)
    {
        _examples = examples;
        _coefficients = new double[examples.Length];
        _squaredLength = examples.Average(example => TensorPrimitives.SumOfSquares<float>(example));
        var kernel = Array.ConvertAll(examples, left => Array.ConvertAll(examples, right => Product(left, right)));
        for (var step = 0; step < MaximumSteps; step++)
        {
            if (Improve(kernel, labels, penalty) < 1e-6)
            {
                break;
            }
        }
    }

    /// <summary>The logit of label 1.</summary>
    public double Logit(float[] embedding) => _examples.Zip(_coefficients, (example, c) => c * Product(example, embedding)).Sum();

    // The 1 stands for the bias.
    private double Product(float[] left, float[] right) => TensorPrimitives.Dot<float>(left, right) / _squaredLength + 1;

    private double Improve(double[][] kernel, int[] labels, double penalty)
    {
        var n = labels.Length;
        var system = new double[n][];
        var solution = new double[n];
        for (var i = 0; i < n; i++)
        {
            var logit = TensorPrimitives.Dot<double>(kernel[i], _coefficients);
            var probability = 1 / (1 + Math.Exp(-logit));
            var curvature = Math.Max(probability * (1 - probability), 1e-6);
            solution[i] = logit + (labels[i] - probability) / curvature;
            system[i] = [.. kernel[i]];
            system[i][i] += penalty / curvature;
        }

        Solve(system, solution);
        var change = TensorPrimitives.Distance<double>(solution, _coefficients);
        solution.CopyTo(_coefficients, 0);
        return change / (1 + TensorPrimitives.Norm<double>(_coefficients));
    }

    /// <summary>Solves a positive definite system by Cholesky's decomposition, in place.</summary>
    private static void Solve(double[][] matrix, double[] vector)
    {
        var n = vector.Length;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var rest = matrix[i][j] - TensorPrimitives.Dot<double>(matrix[i].AsSpan(0, j), matrix[j].AsSpan(0, j));
                matrix[i][j] = i == j ? Math.Sqrt(rest) : rest / matrix[j][j];
            }

            vector[i] = (vector[i] - TensorPrimitives.Dot<double>(matrix[i].AsSpan(0, i), vector.AsSpan(0, i))) / matrix[i][i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
            {
                vector[i] -= matrix[k][i] * vector[k];
            }

            vector[i] /= matrix[i][i];
        }
    }
}
