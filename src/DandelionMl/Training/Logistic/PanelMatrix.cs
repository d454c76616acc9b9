using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Training.Logistic;

/// <summary>A positive definite matrix of single precision, of which the lower half is kept: summed up from photos, turned into its factor of
/// Cholesky, and solved by it.</summary>
/// <remarks>Panels of 32 rows lie column by column. Photos that are summed up lie likewise, 32 values of each in a panel: so the sum and the factor,
/// which both are products of panels, share one loop, whose operands stay in a first-level cache.</remarks>
internal sealed unsafe class PanelMatrix
{
    private const int Rows = 32;
    private const int Tile = Rows * Rows;
    private const int Columns = 8;
    private const int PhotosAtOnce = 128;

    // What is left of a diagonal value, as a share of it, is rounding below it.
    private const float Rounding = 1e-5f;

    private readonly float[][] _panels;

    private PanelMatrix(int width) =>
        _panels = [.. Enumerable.Range(1, (width + Rows - 1) / Rows).Select(panel => new float[panel * Tile])];

    /// <summary>The factor of the sum of photos' outer products, each times a number, with another on the diagonal.</summary>
    /// <param name="rows">The values of the photos.</param>
    /// <param name="photos">The photos that are summed up.</param>
    /// <param name="factors">What each is multiplied by, 0 or above.</param>
    /// <param name="diagonal">What is added on the diagonal, above 0.</param>
    public static PanelMatrix Factorize(IFeatureRows rows, int[] photos, double[] factors, double diagonal)
    {
        var matrix = new PanelMatrix(rows.Width);
        matrix.AddPhotos(rows, photos, factors);
        matrix.AddDiagonal(rows.Width, (float)diagonal);
        matrix.Factorize();
        return matrix;
    }

    /// <summary>Multiplies a vector by the inverse of the matrix.</summary>
    public void Solve(Span<double> vector)
    {
        var values = new float[_panels.Length * Rows];
        TensorPrimitives.ConvertTruncating<double, float>(vector, values);
        fixed (float* start = values)
        {
            for (var panel = 0; panel < _panels.Length; panel++)
            {
                fixed (float* own = _panels[panel])
                {
                    SolveForward(own, panel * Rows, start);
                }
            }

            for (var panel = _panels.Length - 1; panel >= 0; panel--)
            {
                fixed (float* own = _panels[panel])
                {
                    SolveBackward(own, panel * Rows, start);
                }
            }
        }

        TensorPrimitives.ConvertTruncating<float, double>(values.AsSpan(0, vector.Length), vector);
    }

    private void AddPhotos(IFeatureRows rows, int[] photos, double[] factors)
    {
        float[][] values = [.. _panels.Select(_ => new float[PhotosAtOnce * Rows])];
        for (var first = 0; first < photos.Length; first += PhotosAtOnce)
        {
            var count = Math.Min(PhotosAtOnce, photos.Length - first);
            var start = first;
            Parallel.For(
                0, count,
                () => (Own: new double[rows.Width], Singles: new float[_panels.Length * Rows]),
                (index, _, row) =>
                {
                    rows.CopyTo(photos[start + index], row.Own);
                    TensorPrimitives.Multiply(row.Own, Math.Sqrt(factors[start + index]), row.Own);
                    TensorPrimitives.ConvertTruncating<double, float>(row.Own, row.Singles);
                    for (var panel = 0; panel < values.Length; panel++)
                    {
                        row.Singles.AsSpan(panel * Rows, Rows).CopyTo(values[panel].AsSpan(index * Rows));
                    }

                    return row;
                },
                _ => { });

            // The longest first, so that no thread waits long for the last.
            Parallel.For(0, _panels.Length, index =>
            {
                var panel = _panels.Length - 1 - index;
                for (var other = 0; other <= panel; other++)
                {
                    AddProduct(_panels[panel].AsSpan(other * Tile, Tile), values[panel], values[other], count);
                }
            });
        }
    }

    private void AddDiagonal(int width, float diagonal)
    {
        for (var index = 0; index < _panels.Length * Rows; index++)
        {
            // Beyond the width there is nothing but the diagonal.
            Diagonal(index) += index < width ? diagonal : 1;
        }
    }

    private ref float Diagonal(int index) => ref _panels[index / Rows][(index * Rows) + (index % Rows)];

    /// <summary>From left to right, a tile of each panel below at a time.</summary>
    private void Factorize()
    {
        float[] least = [.. Enumerable.Range(0, _panels.Length * Rows).Select(index => Rounding * Diagonal(index))];
        for (var column = 0; column < _panels.Length; column++)
        {
            var corner = Complete(column, column);
            FactorizeCorner(corner, least.AsSpan(column * Rows, Rows));
            Parallel.For(column + 1, _panels.Length, panel => Divide(Complete(panel, column), _panels[column].AsSpan(column * Tile, Tile)));
        }
    }

    /// <summary>Subtracts from a tile what the columns before it account for.</summary>
    private Span<float> Complete(int panel, int column)
    {
        var tile = _panels[panel].AsSpan(column * Tile, Tile);
        TensorPrimitives.Negate(tile, tile);
        AddProduct(tile, _panels[panel], _panels[column], column * Rows);
        TensorPrimitives.Negate(tile, tile);
        return tile;
    }

    private static void FactorizeCorner(Span<float> corner, ReadOnlySpan<float> least)
    {
        for (var column = 0; column < Rows; column++)
        {
            var own = corner.Slice(column * Rows, Rows);
            for (var before = 0; before < column; before++)
            {
                var earlier = corner.Slice(before * Rows, Rows);
                TensorPrimitives.MultiplyAdd(earlier, -earlier[column], own, own);
            }

            own[..column].Clear();
            own[column] = MathF.Sqrt(Math.Max(own[column], least[column]));
            TensorPrimitives.Divide(own[(column + 1)..], own[column], own[(column + 1)..]);
        }
    }

    /// <summary>Multiplies a tile by the inverse of the corner beside it, transposed.</summary>
    private static void Divide(Span<float> tile, ReadOnlySpan<float> corner)
    {
        for (var column = 0; column < Rows; column++)
        {
            var own = tile.Slice(column * Rows, Rows);
            for (var before = 0; before < column; before++)
            {
                TensorPrimitives.MultiplyAdd(tile.Slice(before * Rows, Rows), -corner[(before * Rows) + column], own, own);
            }

            TensorPrimitives.Divide(own, corner[(column * Rows) + column], own);
        }
    }

    /// <summary>Adds to a tile, for each column of two panels, the product of each value of one with each of the other.</summary>
    private static void AddProduct(Span<float> tile, float[] panel, float[] other, int count)
    {
        fixed (float* sums = tile, left = panel, right = other)
        {
            for (var column = 0; column < Rows; column += Columns)
            {
                AddProduct(sums + (column * Rows), left, right + column, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddProduct(float* sums, float* left, float* right, int count)
    {
        var (a0, a1, b0, b1) = (Vector512.Load(sums), Vector512.Load(sums + 16), Vector512.Load(sums + 32), Vector512.Load(sums + 48));
        var (c0, c1, d0, d1) = (Vector512.Load(sums + 64), Vector512.Load(sums + 80), Vector512.Load(sums + 96), Vector512.Load(sums + 112));
        var (e0, e1, f0, f1) = (Vector512.Load(sums + 128), Vector512.Load(sums + 144), Vector512.Load(sums + 160), Vector512.Load(sums + 176));
        var (g0, g1, h0, h1) = (Vector512.Load(sums + 192), Vector512.Load(sums + 208), Vector512.Load(sums + 224), Vector512.Load(sums + 240));
        for (var index = 0; index < count; index++, left += Rows, right += Rows)
        {
            var (v0, v1) = (Vector512.Load(left), Vector512.Load(left + 16));
            var factor = Vector512.Create(right[0]);
            a0 = Vector512.FusedMultiplyAdd(factor, v0, a0);
            a1 = Vector512.FusedMultiplyAdd(factor, v1, a1);
            factor = Vector512.Create(right[1]);
            b0 = Vector512.FusedMultiplyAdd(factor, v0, b0);
            b1 = Vector512.FusedMultiplyAdd(factor, v1, b1);
            factor = Vector512.Create(right[2]);
            c0 = Vector512.FusedMultiplyAdd(factor, v0, c0);
            c1 = Vector512.FusedMultiplyAdd(factor, v1, c1);
            factor = Vector512.Create(right[3]);
            d0 = Vector512.FusedMultiplyAdd(factor, v0, d0);
            d1 = Vector512.FusedMultiplyAdd(factor, v1, d1);
            factor = Vector512.Create(right[4]);
            e0 = Vector512.FusedMultiplyAdd(factor, v0, e0);
            e1 = Vector512.FusedMultiplyAdd(factor, v1, e1);
            factor = Vector512.Create(right[5]);
            f0 = Vector512.FusedMultiplyAdd(factor, v0, f0);
            f1 = Vector512.FusedMultiplyAdd(factor, v1, f1);
            factor = Vector512.Create(right[6]);
            g0 = Vector512.FusedMultiplyAdd(factor, v0, g0);
            g1 = Vector512.FusedMultiplyAdd(factor, v1, g1);
            factor = Vector512.Create(right[7]);
            h0 = Vector512.FusedMultiplyAdd(factor, v0, h0);
            h1 = Vector512.FusedMultiplyAdd(factor, v1, h1);
        }

        Store(sums, a0, a1, b0, b1);
        Store(sums + 64, c0, c1, d0, d1);
        Store(sums + 128, e0, e1, f0, f1);
        Store(sums + 192, g0, g1, h0, h1);
    }

    private static void Store(float* target, Vector512<float> first, Vector512<float> second, Vector512<float> third, Vector512<float> fourth)
    {
        first.Store(target);
        second.Store(target + 16);
        third.Store(target + 32);
        fourth.Store(target + 48);
    }

    /// <summary>Solves a panel's rows for the values up to them.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="first">Its first row.</param>
    /// <param name="values">What is solved, from the first row of all on.</param>
    private static void SolveForward(float* panel, int first, float* values)
    {
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default;
        for (var column = 0; column < first; column += 2, panel += 2 * Rows)
        {
            var (one, two) = (Vector512.Create(values[column]), Vector512.Create(values[column + 1]));
            a0 = Vector512.FusedMultiplyAdd(one, Vector512.Load(panel), a0);
            a1 = Vector512.FusedMultiplyAdd(one, Vector512.Load(panel + 16), a1);
            b0 = Vector512.FusedMultiplyAdd(two, Vector512.Load(panel + 32), b0);
            b1 = Vector512.FusedMultiplyAdd(two, Vector512.Load(panel + 48), b1);
        }

        values += first;
        (Vector512.Load(values) - (a0 + b0)).Store(values);
        (Vector512.Load(values + 16) - (a1 + b1)).Store(values + 16);
        for (var column = 0; column < Rows; column++, panel += Rows)
        {
            values[column] /= panel[column];
            for (var row = column + 1; row < Rows; row++)
            {
                values[row] -= panel[row] * values[column];
            }
        }
    }

    private static void SolveBackward(float* panel, int first, float* values)
    {
        float* corner = panel + (first * Rows), own = values + first;
        for (var column = Rows - 1; column >= 0; column--)
        {
            var rest = own[column];
            for (var row = column + 1; row < Rows; row++)
            {
                rest -= corner[(column * Rows) + row] * own[row];
            }

            own[column] = rest / corner[(column * Rows) + column];
        }

        var (lower, upper) = (Vector512.Load(own), Vector512.Load(own + 16));
        for (var column = 0; column < first; column++, panel += Rows)
        {
            values[column] -= Vector512.Sum((Vector512.Load(panel) * lower) + (Vector512.Load(panel + 16) * upper));
        }
    }
}
