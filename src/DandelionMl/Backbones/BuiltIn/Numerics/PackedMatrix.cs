using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Backbones.BuiltIn.Numerics;

/// <summary>The right-hand side of a matrix product, laid out for it: panels of 32 columns, each panel row by row. Every element
/// of a product is one chain of fused multiply-adds over the inner dimension, in order, so that the result does not depend on the
/// processor's vectors or on how many rows are multiplied at once.</summary>
internal sealed class PackedMatrix
{
    private const int PanelColumns = 32;
    private const int RowsAtOnce = 64;

    private readonly float[] _panels;

    /// <summary>Packs a matrix.</summary>
    /// <param name="columns">The matrix, column after column: <paramref name="columnCount"/> × <paramref name="rowCount"/>
    /// values.</param>
    /// <param name="rowCount">Its rows: the inner dimension of a product.</param>
    /// <param name="columnCount">Its columns.</param>
    public PackedMatrix(ReadOnlySpan<float> columns, int rowCount, int columnCount)
    {
        (RowCount, ColumnCount) = (rowCount, columnCount);
        Stride = (columnCount + PanelColumns - 1) / PanelColumns * PanelColumns;
        _panels = new float[Stride * rowCount];
        for (var column = 0; column < columnCount; column++)
        {
            var panel = _panels.AsSpan(column / PanelColumns * PanelColumns * rowCount);
            for (var row = 0; row < rowCount; row++)
            {
                panel[row * PanelColumns + column % PanelColumns] = columns[column * rowCount + row];
            }
        }
    }

    /// <summary>The inner dimension of a product.</summary>
    public int RowCount { get; }

    /// <summary>Columns of a product.</summary>
    public int ColumnCount { get; }

    /// <summary>Distance between the rows of a product: <see cref="ColumnCount"/> rounded up to 32; the columns beyond it are
    /// 0.</summary>
    public int Stride { get; }

    /// <summary>Multiplies rows by the matrix.</summary>
    /// <param name="left">n × <see cref="RowCount"/> values.</param>
    /// <param name="product">Receives n × <see cref="Stride"/> values.</param>
    public unsafe void Multiply(ReadOnlySpan<float> left, Span<float> product)
    {
        var rows = left.Length / RowCount;
        if (rows * RowCount != left.Length || product.Length < rows * Stride)
        {
            throw new ArgumentException("The lengths of the spans do not match.", nameof(product));
        }

        fixed (float* leftStart = left, productStart = product, panelsStart = _panels)
        {
            for (var first = 0; first < rows; first += RowsAtOnce)
            {
                var end = Math.Min(rows, first + RowsAtOnce);
                for (var column = 0; column < Stride; column += PanelColumns)
                {
                    var panel = panelsStart + (long)column * RowCount;
                    var row = first;
                    for (; row + 4 <= end; row += 4)
                    {
                        MultiplyFour(leftStart + (long)row * RowCount, panel, productStart + (long)row * Stride + column);
                    }

                    for (; row < end; row++)
                    {
                        MultiplyOne(leftStart + (long)row * RowCount, panel, productStart + (long)row * Stride + column);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void MultiplyFour(float* left, float* panel, float* product)
    {
        Vector512<float> sum00 = default, sum01 = default, sum10 = default, sum11 = default;
        Vector512<float> sum20 = default, sum21 = default, sum30 = default, sum31 = default;
        float* left1 = left + RowCount, left2 = left1 + RowCount, left3 = left2 + RowCount;
        for (var k = 0; k < RowCount; k++, panel += PanelColumns)
        {
            var (right0, right1) = (Vector512.Load(panel), Vector512.Load(panel + 16));
            var value = Vector512.Create(left[k]);
            sum00 = Vector512.FusedMultiplyAdd(value, right0, sum00);
            sum01 = Vector512.FusedMultiplyAdd(value, right1, sum01);
            value = Vector512.Create(left1[k]);
            sum10 = Vector512.FusedMultiplyAdd(value, right0, sum10);
            sum11 = Vector512.FusedMultiplyAdd(value, right1, sum11);
            value = Vector512.Create(left2[k]);
            sum20 = Vector512.FusedMultiplyAdd(value, right0, sum20);
            sum21 = Vector512.FusedMultiplyAdd(value, right1, sum21);
            value = Vector512.Create(left3[k]);
            sum30 = Vector512.FusedMultiplyAdd(value, right0, sum30);
            sum31 = Vector512.FusedMultiplyAdd(value, right1, sum31);
        }

        Store(product, sum00, sum01);
        Store(product + Stride, sum10, sum11);
        Store(product + 2 * Stride, sum20, sum21);
        Store(product + 3 * Stride, sum30, sum31);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void MultiplyOne(float* left, float* panel, float* product)
    {
        Vector512<float> sum0 = default, sum1 = default;
        for (var k = 0; k < RowCount; k++, panel += PanelColumns)
        {
            var value = Vector512.Create(left[k]);
            sum0 = Vector512.FusedMultiplyAdd(value, Vector512.Load(panel), sum0);
            sum1 = Vector512.FusedMultiplyAdd(value, Vector512.Load(panel + 16), sum1);
        }

        Store(product, sum0, sum1);
    }

    private static unsafe void Store(float* target, Vector512<float> lower, Vector512<float> upper)
    {
        lower.Store(target);
        upper.Store(target + 16);
    }
}
