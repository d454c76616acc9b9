using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Backbones.BuiltIn.Numerics;

/// <summary>Sums in an order that is fixed: 16 lanes, whatever vectors the processor has, so that learning and embedding give the
/// same bits on each of them. (The sums of <c>TensorPrimitives</c> add in an order that follows the width of the vectors; its
/// element-wise operations are exact and used as they are.)</summary>
/// <remarks>The methods of this backbone that work on 16 lanes are not inlined: where the processor has narrower vectors, each
/// operation is several, and the JIT gives up on a caller that grows too large, which then takes twice as long.</remarks>
internal static class Lanes
{
    public const int Count = 16;

    /// <summary>Σ values.</summary>
    public static float Sum(ReadOnlySpan<float> values)
    {
        var lanes = Vector512<float>.Zero;
        var whole = MemoryMarshal.Cast<float, Vector512<float>>(values);
        foreach (var vector in whole)
        {
            lanes += vector;
        }

        var sum = Fold(lanes);
        foreach (var value in values[(whole.Length * Count)..])
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>Σ left · right, over two spans of the same length.</summary>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var lanes = Vector512<float>.Zero;
        var wholeLeft = MemoryMarshal.Cast<float, Vector512<float>>(left);
        var wholeRight = MemoryMarshal.Cast<float, Vector512<float>>(right);
        for (var i = 0; i < wholeLeft.Length; i++)
        {
            lanes = Vector512.FusedMultiplyAdd(wholeLeft[i], wholeRight[i], lanes);
        }

        var sum = Fold(lanes);
        for (var i = wholeLeft.Length * Count; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    /// <summary>Euclidean length.</summary>
    public static float Norm(ReadOnlySpan<float> values) => MathF.Sqrt(Dot(values, values));

    /// <summary>The largest value of a vector, none of them NaN.</summary>
    public static float Max(Vector512<float> lanes)
    {
        var eight = Vector256.MaxNative(lanes.GetLower(), lanes.GetUpper());
        var four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
        return float.MaxNative(float.MaxNative(four[0], four[2]), float.MaxNative(four[1], four[3]));
    }

    /// <summary>Σ of a vector's values.</summary>
    public static float Fold(Vector512<float> lanes)
    {
        var eight = lanes.GetLower() + lanes.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
