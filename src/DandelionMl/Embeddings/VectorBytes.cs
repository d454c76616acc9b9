using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DandelionMl.Embeddings;

/// <summary>An embedding as the database keeps it: its values as little-endian binary32, one after the other.</summary>
internal static class VectorBytes
{
    public static byte[] Write(ReadOnlySpan<float> vector)
    {
        var bytes = MemoryMarshal.AsBytes(vector).ToArray();
        SwapOnBigEndian(bytes);
        return bytes;
    }

    /// <returns>The values; they may share the memory of <paramref name="bytes"/>.</returns>
    public static ReadOnlySpan<float> Read(ReadOnlySpan<byte> bytes)
    {
        if (BitConverter.IsLittleEndian)
        {
            return MemoryMarshal.Cast<byte, float>(bytes);
        }

        var swapped = bytes.ToArray();
        SwapOnBigEndian(swapped);
        return MemoryMarshal.Cast<byte, float>(swapped);
    }

    private static void SwapOnBigEndian(Span<byte> bytes)
    {
        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, int>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }
}
