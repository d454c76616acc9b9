using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DandelionMl.Embeddings;

/// <summary>The values of a few photos side by side, and the two products that a fit spends its time on. For one thread.</summary>
/// <remarks>Four rows at a time are multiplied with four outputs, so that each value that is read serves four sums, which stay in registers.
/// Values are of single precision where the photos' own are; the sums are of double precision. The loops are compiled in full at once: compiled
/// step by step, the first fits of a process would run in slow ones.</remarks>
internal abstract class RowBlock
{
    /// <summary>The most photos in a block: with the longest embeddings they fit into a second-level cache.</summary>
    public const int MaxCount = 64;

    /// <summary>The length of a row with the zeros after it.</summary>
    public static int Padded(int width) => (width + Vector512<double>.Count - 1) / Vector512<double>.Count * Vector512<double>.Count;

    /// <summary>Takes in photos, in place of those before.</summary>
    public abstract void Fill(ReadOnlySpan<int> photos);

    /// <summary>Multiplies each row with the weights of each output.</summary>
    /// <param name="weights">Outputs × the padded length, row-major.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="products">Receives rows × outputs, row-major; <see cref="MaxCount"/> × outputs long.</param>
    public abstract void Multiply(ReadOnlySpan<double> weights, int outputs, Span<double> products);

    /// <summary>Adds the rows, each times a number for each output, to a gradient.</summary>
    /// <param name="factors">Rows × outputs, row-major; <see cref="MaxCount"/> × outputs long.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="gradient">Outputs × the padded length, row-major.</param>
    public abstract void AddMultiples(ReadOnlySpan<double> factors, int outputs, Span<double> gradient);
}

/// <summary>A block of values of one type.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="width">Number of values of a photo.</param>
/// <param name="copy">Copies a photo's values.</param>
internal sealed unsafe class RowBlock<T>(int width, RowBlock<T>.CopyRow copy) : RowBlock
    where T : unmanaged
{
    private const int Tile = 4;

    // Weights of four outputs stay in a first-level cache while all rows are multiplied with this part of them.
    private const int Part = 512;

    private readonly int _stride = Padded(width);
    private readonly T[] _values = new T[MaxCount * Padded(width)];
    private int _count;

    /// <summary>Copies a photo's values.</summary>
    public delegate void CopyRow(int photo, Span<T> values);

    public override void Fill(ReadOnlySpan<int> photos)
    {
        for (var row = 0; row < photos.Length; row++)
        {
            copy(photos[row], _values.AsSpan(row * _stride, width));
        }

        // What is left of an earlier block in the last tile.
        _count = (photos.Length + Tile - 1) / Tile * Tile;
        _values.AsSpan(photos.Length * _stride, (_count - photos.Length) * _stride).Clear();
    }

    public override void Multiply(ReadOnlySpan<double> weights, int outputs, Span<double> products)
    {
        products.Clear();
        fixed (T* values = _values)
        fixed (double* weightsStart = weights, productsStart = products)
        {
            for (var from = 0; from < _stride; from += Part)
            {
                var length = Math.Min(Part, _stride - from);
                var output = 0;
                for (; output + Tile <= outputs; output += Tile)
                {
                    for (var row = 0; row < _count; row += Tile)
                    {
                        MultiplyFour(
                            values + (row * _stride) + from, weightsStart + ((long)output * _stride) + from, length, outputs, productsStart + (row * outputs) + output);
                    }
                }

                for (; output < outputs; output++)
                {
                    for (var row = 0; row < _count; row += Tile)
                    {
                        MultiplyOne(
                            values + (row * _stride) + from, weightsStart + ((long)output * _stride) + from, length, outputs, productsStart + (row * outputs) + output);
                    }
                }
            }
        }
    }

    public override void AddMultiples(ReadOnlySpan<double> factors, int outputs, Span<double> gradient)
    {
        const int Width = Tile * 8;
        fixed (T* values = _values)
        fixed (double* factorsStart = factors, gradientStart = gradient)
        {
            var column = 0;
            for (; column + Width <= _stride; column += Width)
            {
                var output = 0;
                for (; output + Tile <= outputs; output += Tile)
                {
                    AddFour(values + column, factorsStart + output, outputs, gradientStart + ((long)output * _stride) + column);
                }

                for (; output < outputs; output++)
                {
                    AddOne(values + column, factorsStart + output, outputs, gradientStart + ((long)output * _stride) + column);
                }
            }

            for (; column < _stride; column += Vector512<double>.Count)
            {
                for (var output = 0; output < outputs; output++)
                {
                    AddRest(values + column, factorsStart + output, outputs, gradientStart + ((long)output * _stride) + column);
                }
            }
        }
    }

    /// <summary>Four rows times four outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyFour(T* row, double* weights, int length, int outputs, double* products)
    {
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<double> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        T* second = row + _stride, third = second + _stride, fourth = third + _stride;
        double* weights1 = weights + _stride, weights2 = weights1 + _stride, weights3 = weights2 + _stride;
        for (var i = 0; i < length; i += Vector512<double>.Count)
        {
            var (w0, w1, w2, w3) = (Vector512.Load(weights + i), Vector512.Load(weights1 + i), Vector512.Load(weights2 + i), Vector512.Load(weights3 + i));
            var value = Load(row + i);
            a0 = Vector512.FusedMultiplyAdd(value, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(value, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(value, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(value, w3, a3);
            value = Load(second + i);
            b0 = Vector512.FusedMultiplyAdd(value, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(value, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(value, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(value, w3, b3);
            value = Load(third + i);
            c0 = Vector512.FusedMultiplyAdd(value, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(value, w1, c1);
            c2 = Vector512.FusedMultiplyAdd(value, w2, c2);
            c3 = Vector512.FusedMultiplyAdd(value, w3, c3);
            value = Load(fourth + i);
            d0 = Vector512.FusedMultiplyAdd(value, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(value, w1, d1);
            d2 = Vector512.FusedMultiplyAdd(value, w2, d2);
            d3 = Vector512.FusedMultiplyAdd(value, w3, d3);
        }

        AddSums(products, a0, a1, a2, a3);
        AddSums(products + outputs, b0, b1, b2, b3);
        AddSums(products + (2 * outputs), c0, c1, c2, c3);
        AddSums(products + (3 * outputs), d0, d1, d2, d3);
    }

    /// <summary>Four rows times one output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyOne(T* row, double* weights, int length, int outputs, double* products)
    {
        Vector512<double> a = default, b = default, c = default, d = default;
        T* second = row + _stride, third = second + _stride, fourth = third + _stride;
        for (var i = 0; i < length; i += Vector512<double>.Count)
        {
            var weight = Vector512.Load(weights + i);
            a = Vector512.FusedMultiplyAdd(Load(row + i), weight, a);
            b = Vector512.FusedMultiplyAdd(Load(second + i), weight, b);
            c = Vector512.FusedMultiplyAdd(Load(third + i), weight, c);
            d = Vector512.FusedMultiplyAdd(Load(fourth + i), weight, d);
        }

        products[0] += Vector512.Sum(a);
        products[outputs] += Vector512.Sum(b);
        products[2 * outputs] += Vector512.Sum(c);
        products[3 * outputs] += Vector512.Sum(d);
    }

    private static void AddSums(double* products, Vector512<double> first, Vector512<double> second, Vector512<double> third, Vector512<double> fourth)
    {
        products[0] += Vector512.Sum(first);
        products[1] += Vector512.Sum(second);
        products[2] += Vector512.Sum(third);
        products[3] += Vector512.Sum(fourth);
    }

    /// <summary>Adds 32 values of all rows to the gradients of four outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddFour(T* column, double* factors, int outputs, double* gradient)
    {
        double* gradient1 = gradient + _stride, gradient2 = gradient1 + _stride, gradient3 = gradient2 + _stride;
        var (a0, a1, a2, a3) = (Vector512.Load(gradient), Vector512.Load(gradient + 8), Vector512.Load(gradient + 16), Vector512.Load(gradient + 24));
        var (b0, b1, b2, b3) = (Vector512.Load(gradient1), Vector512.Load(gradient1 + 8), Vector512.Load(gradient1 + 16), Vector512.Load(gradient1 + 24));
        var (c0, c1, c2, c3) = (Vector512.Load(gradient2), Vector512.Load(gradient2 + 8), Vector512.Load(gradient2 + 16), Vector512.Load(gradient2 + 24));
        var (d0, d1, d2, d3) = (Vector512.Load(gradient3), Vector512.Load(gradient3 + 8), Vector512.Load(gradient3 + 16), Vector512.Load(gradient3 + 24));
        for (var row = 0; row < _count; row++, column += _stride, factors += outputs)
        {
            var (v0, v1, v2, v3) = (Load(column), Load(column + 8), Load(column + 16), Load(column + 24));
            var factor = Vector512.Create(factors[0]);
            a0 = Vector512.FusedMultiplyAdd(factor, v0, a0);
            a1 = Vector512.FusedMultiplyAdd(factor, v1, a1);
            a2 = Vector512.FusedMultiplyAdd(factor, v2, a2);
            a3 = Vector512.FusedMultiplyAdd(factor, v3, a3);
            factor = Vector512.Create(factors[1]);
            b0 = Vector512.FusedMultiplyAdd(factor, v0, b0);
            b1 = Vector512.FusedMultiplyAdd(factor, v1, b1);
            b2 = Vector512.FusedMultiplyAdd(factor, v2, b2);
            b3 = Vector512.FusedMultiplyAdd(factor, v3, b3);
            factor = Vector512.Create(factors[2]);
            c0 = Vector512.FusedMultiplyAdd(factor, v0, c0);
            c1 = Vector512.FusedMultiplyAdd(factor, v1, c1);
            c2 = Vector512.FusedMultiplyAdd(factor, v2, c2);
            c3 = Vector512.FusedMultiplyAdd(factor, v3, c3);
            factor = Vector512.Create(factors[3]);
            d0 = Vector512.FusedMultiplyAdd(factor, v0, d0);
            d1 = Vector512.FusedMultiplyAdd(factor, v1, d1);
            d2 = Vector512.FusedMultiplyAdd(factor, v2, d2);
            d3 = Vector512.FusedMultiplyAdd(factor, v3, d3);
        }

        Store(gradient, a0, a1, a2, a3);
        Store(gradient1, b0, b1, b2, b3);
        Store(gradient2, c0, c1, c2, c3);
        Store(gradient3, d0, d1, d2, d3);
    }

    /// <summary>Adds 32 values of all rows to the gradient of one output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOne(T* column, double* factors, int outputs, double* gradient)
    {
        var (a, b, c, d) = (Vector512.Load(gradient), Vector512.Load(gradient + 8), Vector512.Load(gradient + 16), Vector512.Load(gradient + 24));
        for (var row = 0; row < _count; row++, column += _stride, factors += outputs)
        {
            var factor = Vector512.Create(factors[0]);
            a = Vector512.FusedMultiplyAdd(factor, Load(column), a);
            b = Vector512.FusedMultiplyAdd(factor, Load(column + 8), b);
            c = Vector512.FusedMultiplyAdd(factor, Load(column + 16), c);
            d = Vector512.FusedMultiplyAdd(factor, Load(column + 24), d);
        }

        Store(gradient, a, b, c, d);
    }

    /// <summary>Adds 8 values of all rows to the gradient of one output.</summary>
    private void AddRest(T* column, double* factors, int outputs, double* gradient)
    {
        var sum = Vector512.Load(gradient);
        for (var row = 0; row < _count; row++, column += _stride, factors += outputs)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(factors[0]), Load(column), sum);
        }

        sum.Store(gradient);
    }

    private static void Store(double* target, Vector512<double> first, Vector512<double> second, Vector512<double> third, Vector512<double> fourth)
    {
        first.Store(target);
        second.Store(target + 8);
        third.Store(target + 16);
        fourth.Store(target + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Load(T* values)
    {
        if (typeof(T) == typeof(double))
        {
            return Vector512.Load((double*)values);
        }

        var singles = Vector256.Load((float*)values);
        return Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(singles) : Vector512.Create(Vector256.WidenLower(singles), Vector256.WidenUpper(singles));
    }
}
