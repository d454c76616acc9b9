using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DandelionMl.Backbones.Weights;

/// <summary>How a tensor's values are kept in a file; all little-endian.</summary>
internal enum ElementType
{
    Float32,
    Float16,
    BFloat16,
    Float64,
    Int64,
}

/// <summary>What the element types mean.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes of one value.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float32 => 4,
        ElementType.Float16 or ElementType.BFloat16 => 2,
        _ => 8,
    };

    /// <summary>Converts values as they lie in the file.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="source">Their bytes.</param>
    /// <param name="destination">Receives as many values; the nearest single-precision ones.</param>
    public static void ToSingle(this ElementType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case ElementType.BFloat16:
                // The upper half of a single-precision number.
                for (var index = 0; index < destination.Length; index++)
                {
                    var bits = BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * index)..]);
                    destination[index] = BitConverter.UInt32BitsToSingle((uint)bits << 16);
                }

                break;
            case ElementType.Float64:
                TensorPrimitives.ConvertTruncating<double, float>(MemoryMarshal.Cast<byte, double>(source), destination);
                break;
            case ElementType.Int64:
                TensorPrimitives.ConvertTruncating<long, float>(MemoryMarshal.Cast<byte, long>(source), destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }
}
