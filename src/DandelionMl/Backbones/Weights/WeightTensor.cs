namespace DandelionMl.Backbones.Weights;

/// <summary>One tensor of a weights file: where its values lie. Made by the format's reader, which has checked that they lie inside
/// the file.</summary>
internal sealed class WeightTensor
{
    /// <summary>Most dimensions of a tensor.</summary>
    public const int MaxRank = 8;

    /// <summary>Most values of a tensor: the largest that fits an array of .NET.</summary>
    public const long MaxLength = 0x7FFFFFC7;

    private WeightTensor(string name, ElementType type, long[] shape, long length, long offset, long[]? strides) =>
        (Name, Type, Shape, Length, Offset, Strides) = (name, type, shape, (int)length, offset, strides);

    public string Name { get; }

    public ElementType Type { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many values it has.</summary>
    public int Length { get; }

    /// <summary>Where its first value lies in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Steps along each dimension, in values; null where they lie row by row without gaps.</summary>
    public IReadOnlyList<long>? Strides { get; }

    /// <summary>How many values of the file it reaches over; more than <see cref="Length"/> where there are gaps.</summary>
    public long Reach => Length == 0 ? 0 : Strides is null ? Length : 1 + Shape.Zip(Strides, (size, stride) => (size - 1) * stride).Sum();

    /// <summary>Describes a tensor after checking its sizes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">How its values are kept.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="offset">Where it starts in the file, in bytes.</param>
    /// <param name="available">Values from there to the end of what belongs to it.</param>
    /// <param name="strides">Steps along each dimension, in values; null for row by row.</param>
    /// <exception cref="InvalidWeightsException">The sizes are negative, too large, or more than is available.</exception>
    public static WeightTensor Create(
        string name, ElementType type, long[] shape, long offset, long available, long[]? strides = null)
    {
        var length = CountValues(name, shape);
        if (strides is not null)
        {
            strides = length == 0 || AreContiguous(shape, strides) ? null : Checked(name, shape, strides, available);
        }

        return length <= available
            ? new WeightTensor(name, type, shape, length, offset, strides)
            : throw new InvalidWeightsException($"Tensor '{name}' has {length} values, but there are {available} for it.");
    }

    private static long CountValues(string name, long[] shape)
    {
        long length = 1;
        if (shape.Length > MaxRank)
        {
            throw new InvalidWeightsException($"Tensor '{name}' has {shape.Length} dimensions; at most {MaxRank} are supported.");
        }

        foreach (var size in shape)
        {
            // Neither factor is above the limit, so that the product can't overflow.
            if (size is < 0 or > MaxLength || (length *= size) > MaxLength)
            {
                throw new InvalidWeightsException($"Tensor '{name}' has an impossible shape ({string.Join(" × ", shape)}).");
            }
        }

        return length;
    }

    // At least one value; whether there are enough of them is the caller's question.
    private static long[] Checked(string name, long[] shape, long[] strides, long available)
    {
        var last = 0L;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var steps = Math.Max(0, shape[axis] - 1);
            if (strides[axis] < 0 || (strides[axis] > 0 && steps > (available - last) / strides[axis]))
            {
                throw new InvalidWeightsException($"Tensor '{name}' reaches outside its storage.");
            }

            last += steps * strides[axis];
        }

        return last < available ? strides : throw new InvalidWeightsException($"Tensor '{name}' reaches outside its storage.");
    }

    private static bool AreContiguous(long[] shape, long[] strides)
    {
        var expected = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] != 1 && strides[axis] != expected)
            {
                return false;
            }

            expected *= shape[axis];
        }

        return true;
    }
}
