using System.Buffers.Binary;

namespace DandelionMl.Imaging.Headers;

/// <summary>The header of a PNG: IHDR, and acTL if it is animated.</summary>
internal static class PngHeader
{
    private const int SignatureLength = 8;
    private const int ChunkOverhead = 12; // length, type, CRC

    public static EncodedHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 33 || !bytes[12..].StartsWith("IHDR"u8))
        {
            throw HeaderReader.Damaged("The PNG has no whole header (IHDR).");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        if (width > int.MaxValue || height > int.MaxValue)
        {
            throw HeaderReader.Damaged($"The PNG declares {width} × {height} pixels; a side is at most 2^31 - 1.");
        }

        return new EncodedHeader(ImageFormat.Png, (int)width, (int)height, CountFrames(bytes[SignatureLength..]));
    }

    private static int CountFrames(ReadOnlySpan<byte> chunks)
    {
        while (chunks.Length >= ChunkOverhead && !chunks[4..].StartsWith("IDAT"u8))
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunks);
            if (chunks[4..].StartsWith("acTL"u8))
            {
                return (int)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(chunks[8..]), 1, int.MaxValue);
            }

            if (length > chunks.Length - ChunkOverhead)
            {
                break;
            }

            chunks = chunks[((int)length + ChunkOverhead)..];
        }

        return 1;
    }
}
