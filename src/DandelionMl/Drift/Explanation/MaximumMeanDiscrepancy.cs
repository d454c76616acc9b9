using System.Numerics.Tensors;

namespace DandelionMl.Drift.Explanation;

/// <summary>Compares two samples of embeddings: the maximum mean discrepancy with a Gaussian kernel and its permutation test (Gretton, Borgwardt,
/// Rasch, Schölkopf and Smola 2012, "A kernel two-sample test").</summary>
/// <remarks>The kernel's width is the median distance of all pairs. The statistic is the unbiased estimate of the squared discrepancy: about 0
/// where both samples are of one kind.</remarks>
internal sealed class MaximumMeanDiscrepancy
{
    private const int Seed = 20_240_614;

    private readonly float[][] _kernel;
    private readonly int _first;

    /// <param name="first">A sample, at least two embeddings.</param>
    /// <param name="second">The other sample, at least two embeddings of the same length.</param>
    public MaximumMeanDiscrepancy(IReadOnlyList<float[]> first, IReadOnlyList<float[]> second)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first.Count, 2, nameof(first));
        ArgumentOutOfRangeException.ThrowIfLessThan(second.Count, 2, nameof(second));
        _first = first.Count;
        _kernel = Kernel([.. first, .. second]);
        Value = Estimate([.. Enumerable.Range(0, _kernel.Length)]);
    }

    /// <summary>The squared discrepancy of the samples.</summary>
    public double Value { get; }

    /// <summary>The chance of a discrepancy as large as this one if both samples were of one kind, by random permutations; the same each
    /// time.</summary>
    /// <param name="permutations">How many, such as 499; the chance is at least one in as many and one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public double Test(int permutations, CancellationToken cancellationToken)
    {
#pragma warning disable CA5394 // The permutations must be the same each time; nobody gains by guessing them.
        var random = new Random(Seed);
        var order = Enumerable.Range(0, _kernel.Length).ToArray();
        var asLarge = 0;
        for (var permutation = 0; permutation < permutations; permutation++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle(order);
            asLarge += Estimate(order) >= Value ? 1 : 0;
        }
#pragma warning restore CA5394

        return (asLarge + 1.0) / (permutations + 1);
    }

    /// <summary>By how much each photo of the second sample is more like that sample than like the first: the witness function. The largest are
    /// the photos that make the difference.</summary>
    public double[] Witness()
    {
        var second = _kernel.Length - _first;
        var witness = new double[second];
        for (var index = 0; index < second; index++)
        {
            var row = _kernel[_first + index];

            // Not with itself.
            var own = (TensorPrimitives.Sum<float>(row.AsSpan(_first)) - 1) / (second - 1);
            witness[index] = own - (TensorPrimitives.Sum<float>(row.AsSpan(0, _first)) / _first);
        }

        return witness;
    }

    private double Estimate(int[] order)
    {
        var isFirst = new float[order.Length];
        foreach (var index in order.AsSpan(0, _first))
        {
            isFirst[index] = 1;
        }

        var (withinFirst, withinSecond, across) = (0.0, 0.0, 0.0);
        for (var index = 0; index < order.Length; index++)
        {
            var first = TensorPrimitives.Dot<float>(_kernel[index], isFirst);
            var second = TensorPrimitives.Sum<float>(_kernel[index]) - first;
            if (isFirst[index] == 1)
            {
                (withinFirst, across) = (withinFirst + first - 1, across + second);
            }
            else
            {
                withinSecond += second - 1;
            }
        }

        double m = _first, n = order.Length - _first;
        return (withinFirst / (m * (m - 1))) + (withinSecond / (n * (n - 1))) - (2 * across / (m * n));
    }

    private static float[][] Kernel(float[][] photos)
    {
        var distances = photos.Select(_ => new float[photos.Length]).ToArray();
        Parallel.For(0, photos.Length, row =>
        {
            for (var column = 0; column < row; column++)
            {
                var distance = TensorPrimitives.Distance<float>(photos[row], photos[column]);
                (distances[row][column], distances[column][row]) = (distance, distance);
            }
        });

        var pairs = distances.SelectMany((row, index) => row.Take(index)).Order().ToArray();
        var width = Math.Max(pairs[pairs.Length / 2], float.Epsilon);
        foreach (var row in distances)
        {
            for (var column = 0; column < row.Length; column++)
            {
                var scaled = row[column] / width;
                row[column] = MathF.Exp(-scaled * scaled / 2);
            }
        }

        return distances;
    }
}
