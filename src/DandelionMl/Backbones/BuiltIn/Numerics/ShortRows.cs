using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Backbones.BuiltIn.Numerics;

/// <summary>Element-wise operations on rows of some tens of values, where a call of <c>TensorPrimitives</c> costs more than its work. They
/// give the same bits.</summary>
internal static class ShortRows
{
    private const int Width = 8;

    /// <summary>left - right.</summary>
    public static void Subtract(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result)
    {
        RequireLength(left.Length, right.Length, result.Length);
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var y = ref MemoryMarshal.GetReference(right);
        ref var target = ref MemoryMarshal.GetReference(result);
        var i = 0;
        for (; i <= left.Length - Width; i += Width)
        {
            (Load(ref x, i) - Load(ref y, i)).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < left.Length; i++)
        {
            result[i] = left[i] - right[i];
        }
    }

    /// <summary>left · right.</summary>
    public static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result)
    {
        RequireLength(left.Length, right.Length, result.Length);
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var y = ref MemoryMarshal.GetReference(right);
        ref var target = ref MemoryMarshal.GetReference(result);
        var i = 0;
        for (; i <= left.Length - Width; i += Width)
        {
            (Load(ref x, i) * Load(ref y, i)).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < left.Length; i++)
        {
            result[i] = left[i] * right[i];
        }
    }

    /// <summary>sums + values · factor, rounded after the product and after the sum, left in <paramref name="sums"/>.</summary>
    public static void AddMultiple(ReadOnlySpan<float> values, float factor, Span<float> sums)
    {
        RequireLength(values.Length, values.Length, sums.Length);
        ref var x = ref MemoryMarshal.GetReference(values);
        ref var target = ref MemoryMarshal.GetReference(sums);
        var factors = Vector256.Create(factor);
        var i = 0;
        for (; i <= values.Length - Width; i += Width)
        {
            (Load(ref target, i) + Load(ref x, i) * factors).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            sums[i] += values[i] * factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(ref float start, int index) => Vector256.LoadUnsafe(ref start, (nuint)index);

    private static void RequireLength(int left, int right, int result)
    {
        if (left != right || left != result)
        {
            throw new ArgumentException("The rows have different lengths.");
        }
    }
}
