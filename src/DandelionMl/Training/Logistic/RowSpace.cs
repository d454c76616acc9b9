using System.Numerics.Tensors;
using DandelionMl.Embeddings;

namespace DandelionMl.Training.Logistic;

/// <summary>Photos as coordinates in the space that they span, which has no more dimensions than there are photos: a regularised head lies
/// in it, so that of few photos with long embeddings the same head is found on far fewer values. Only of the photos that span it are there
/// any.</summary>
/// <remarks>By the pivoted Cholesky decomposition of the photos' dot products (Golub and Van Loan, Matrix Computations, 4.2.8): the rows of
/// its factor are the coordinates.</remarks>
internal sealed class RowSpace : IFeatureRows
{
    // Of the longest photo's squared length; what is left below it is rounding.
    private const double Rest = 1e-12;

    private readonly IFeatureRows _rows;
    private readonly double[][] _coordinates;
    private readonly int[] _pivots;
    private readonly double[] _none;

    private RowSpace(IFeatureRows rows, double[][] coordinates, int[] pivots) =>
        (_rows, _coordinates, _pivots, _none) = (rows, coordinates, pivots, new double[pivots.Length]);

    public int Count => _coordinates.Length;

    public int Width => _pivots.Length;

    // Their mean need not be zero: it is that of all photos which is.
    public ReadOnlySpan<double> Mean => _none;

    public double Scale => 1;

    public RowBlock NewBlock() => new RowBlock<double>(Width, CopyTo);

    public void CopyTo(int row, Span<double> values) => _coordinates[row].AsSpan(0, Width).CopyTo(values);

    /// <summary>Finds the coordinates.</summary>
    /// <param name="rows">The values of all photos.</param>
    /// <param name="photos">The photos that span it; at least one.</param>
    public static RowSpace Of(IFeatureRows rows, int[] photos)
    {
        var products = Products(rows, photos);
        var count = photos.Length;
        double[][] factor = [.. Enumerable.Range(0, count).Select(_ => new double[count])];
        double[] left = [.. Enumerable.Range(0, count).Select(row => products[row][row])];
        var least = left.Max() * Rest;
        var pivots = new List<int>();
        while (pivots.Count < count)
        {
            var pivot = TensorPrimitives.IndexOfMax<double>(left);
            if (left[pivot] <= least)
            {
                break;
            }

            var step = pivots.Count;
            var length = Math.Sqrt(left[pivot]);
            for (var row = 0; row < count; row++)
            {
                var rest = products[Math.Max(row, pivot)][Math.Min(row, pivot)]
                    - TensorPrimitives.Dot<double>(factor[row].AsSpan(0, step), factor[pivot].AsSpan(0, step));
                factor[row][step] = rest / length;
                left[row] -= factor[row][step] * factor[row][step];
            }

            (factor[pivot][step], left[pivot]) = (length, 0);
            foreach (var earlier in pivots)
            {
                factor[earlier][step] = left[earlier] = 0;
            }

            pivots.Add(pivot);
        }

        var coordinates = new double[rows.Count][];
        foreach (var (index, photo) in photos.Index())
        {
            coordinates[photo] = factor[index];
        }

        return new RowSpace(rows, coordinates, [.. pivots.Select(pivot => photos[pivot])]);
    }

    /// <summary>Turns weights for the coordinates into weights for the photos' own values.</summary>
    /// <param name="weights">Outputs × <see cref="Width"/>, row-major.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <returns>Outputs × the own values, row-major.</returns>
    public double[] ToOwn(ReadOnlySpan<double> weights, int outputs)
    {
        var own = new double[outputs * _rows.Width];
        var row = new double[_rows.Width];
        for (var output = 0; output < outputs; output++)
        {
            var combination = Solve(weights.Slice(output * Width, Width));
            var sum = own.AsSpan(output * _rows.Width, _rows.Width);
            for (var step = 0; step < Width; step++)
            {
                _rows.CopyTo(_pivots[step], row);
                TensorPrimitives.MultiplyAdd(row, combination[step], sum, sum);
            }
        }

        return own;
    }

    /// <summary>What each pivot's photo counts in the weights: the pivots' rows of the factor, transposed, times it are the weights.</summary>
    private double[] Solve(ReadOnlySpan<double> weights)
    {
        var solution = weights.ToArray();
        for (var step = Width - 1; step >= 0; step--)
        {
            var row = _coordinates[_pivots[step]];
            solution[step] /= row[step];
            TensorPrimitives.MultiplyAdd(row.AsSpan(0, step), -solution[step], solution.AsSpan(0, step), solution.AsSpan(0, step));
        }

        return solution;
    }

    /// <summary>The dot products of each photo with those up to it, at least.</summary>
    private static double[][] Products(IFeatureRows rows, int[] photos)
    {
        var (width, stride) = (rows.Width, RowBlock.Padded(rows.Width));
        var own = new double[photos.Length * stride];
        var products = new double[photos.Length][];
        Parallel.For(0, photos.Length, row => rows.CopyTo(photos[row], own.AsSpan(row * stride, width)));
        Parallel.ForEach(Enumerable.Range(0, photos.Length).Chunk(RowBlock.MaxCount), part =>
        {
            var (block, others) = (new RowBlock<double>(width, (row, values) => own.AsSpan(row * stride, width).CopyTo(values)), part[^1] + 1);
            var multiplied = new double[RowBlock.MaxCount * others];
            block.Fill(part);
            block.Multiply(own, others, multiplied);
            foreach (var (index, row) in part.Index())
            {
                products[row] = multiplied[(index * others)..((index + 1) * others)];
            }
        });
        return products;
    }
}
