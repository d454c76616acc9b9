using System.Numerics.Tensors;

namespace DandelionMl.Training.Logistic;

/// <summary>About the inverse Hessian of a fit, from a part of its photos: with it a fit to very many photos takes some twenty passes over
/// them, in place of hundreds (Byrd, Chin, Neveitt and Nocedal 2011, On the Use of Stochastic Hessian Information).</summary>
/// <remarks>All outputs share one matrix, the mean of their blocks of the Hessian on the diagonal. It changes the path to the optimum, not
/// the optimum.</remarks>
internal sealed class Preconditioner
{
    // Columns of the factor that are found at a time, whose rows stay in a second-level cache meanwhile.
    private const int Columns = 64;

    private readonly double[][] _factor;
    private readonly double _bias;
    private readonly int _outputs;

    private Preconditioner(double[][] factor, double bias, int outputs) => (_factor, _bias, _outputs) = (factor, bias, outputs);

    /// <summary>Finds it.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="photos">The part of its photos.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="point">Where the Hessian is taken: not far from the optimum.</param>
    public static Preconditioner Of(LogisticProblem problem, int[] photos, double lambda, double[] point)
    {
        // The bias stands alone, as the mean of the photos' values is about zero.
        var curvatures = CurvaturesOf(problem, photos, point);
        var matrix = SecondMoments(problem.Rows, photos, curvatures);
        for (var index = 0; index < matrix.Length; index++)
        {
            matrix[index][index] += lambda;
        }

        Factorize(matrix);
        return new Preconditioner(matrix, 1 / (curvatures.Sum() + lambda), problem.Outputs);
    }

    /// <summary>Multiplies a vector, as long as a point, by it.</summary>
    public void Apply(double[] vector)
    {
        var width = _factor.Length;
        Parallel.For(0, _outputs, output => Solve(vector.AsSpan(output * width, width)));
        var bias = vector.AsSpan(_outputs * width);
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

    /// <summary>The sum of the photos' outer products, each times a number: its lower half at least.</summary>
    private static double[][] SecondMoments(IFeatureRows rows, int[] photos, double[] factors)
    {
        var (width, stride) = (rows.Width, RowBlock.Padded(rows.Width));
        var bands = (width + Columns - 1) / Columns;
        var sums = new double[bands][];
        Parallel.For(0, bands, band => sums[band] = new double[Math.Min(Columns, width - (band * Columns)) * stride]);
        var block = new RowBlock<double>(width, rows.CopyTo);
        var row = new double[width];
        var multiples = Array.ConvertAll(sums, sum => new double[RowBlock.MaxCount * (sum.Length / stride)]);
        for (var start = 0; start < photos.Length; start += RowBlock.MaxCount)
        {
            var part = photos.AsSpan(start, Math.Min(RowBlock.MaxCount, photos.Length - start));
            block.Fill(part);
            for (var index = 0; index < RowBlock.MaxCount; index++)
            {
                Array.Clear(row);
                if (index < part.Length)
                {
                    rows.CopyTo(part[index], row);
                    TensorPrimitives.Multiply(row, factors[start + index], row);
                }

                for (var band = 0; band < bands; band++)
                {
                    var outputs = sums[band].Length / stride;
                    row.AsSpan(band * Columns, outputs).CopyTo(multiples[band].AsSpan(index * outputs));
                }
            }

            Parallel.For(0, bands, band => block.AddMultiples(multiples[band], sums[band].Length / stride, sums[band], (band + 1) * Columns));
        }

        return [.. Enumerable.Range(0, width).Select(index => sums[index / Columns].AsSpan(index % Columns * stride, width).ToArray())];
    }

    /// <summary>Turns the lower half of a positive definite matrix into its factor of Cholesky.</summary>
    private static void Factorize(double[][] matrix)
    {
        for (var first = 0; first < matrix.Length; first += Columns)
        {
            var end = Math.Min(first + Columns, matrix.Length);
            for (var row = first; row < end; row++)
            {
                Complete(matrix, row, first, row);
                var rest = matrix[row][row] - TensorPrimitives.SumOfSquares<double>(matrix[row].AsSpan(0, row));
                matrix[row][row] = Math.Sqrt(Math.Max(rest, double.Epsilon));
            }

            Parallel.For(end, matrix.Length, row => Complete(matrix, row, first, end));
        }
    }

    private static void Complete(double[][] matrix, int row, int first, int end)
    {
        var own = matrix[row];
        for (var column = first; column < end; column++)
        {
            own[column] = (own[column] - TensorPrimitives.Dot<double>(own.AsSpan(0, column), matrix[column].AsSpan(0, column))) / matrix[column][column];
        }
    }

    private void Solve(Span<double> vector)
    {
        for (var row = 0; row < vector.Length; row++)
        {
            vector[row] = (vector[row] - TensorPrimitives.Dot<double>(_factor[row].AsSpan(0, row), vector[..row])) / _factor[row][row];
        }

        for (var row = vector.Length - 1; row >= 0; row--)
        {
            vector[row] /= _factor[row][row];
            TensorPrimitives.MultiplyAdd(_factor[row].AsSpan(0, row), -vector[row], vector[..row], vector[..row]);
        }
    }
}
