using System.Buffers.Binary;

namespace DandelionMl.Imaging.Headers;

/// <summary>The header of a PNG: IHDR, and the optional chunks that matter here.</summary>
internal static class PngHeader
{
    private const int SignatureLength = 8;
    private const int ChunkOverhead = 12; // length, type, CRC

    public static EncodedHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 33 || !bytes[12..].StartsWith("IHDR"u8))
        {
            throw HeaderReader.Damaged("The PNG has no complete header (IHDR).");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        if (width > int.MaxValue || height > int.MaxValue)
        {
            throw HeaderReader.Damaged($"The PNG declares {width} × {height} pixels; a side is at most 2^31 - 1.");
        }

        var (frames, orientation) = ReadOptionalChunks(bytes[SignatureLength..]);
        return new EncodedHeader(ImageFormat.Png, (int)width, (int)height, frames, orientation);
    }

    /// <summary>Reads the chunks that may come before the pixels: acTL (number of frames) and eXIf (orientation; Skia reads none
    /// of a PNG).</summary>
    private static (int Frames, int Orientation) ReadOptionalChunks(ReadOnlySpan<byte> chunks)
    {
        var (frames, orientation) = (1, ExifOrientation.Upright);
        while (chunks.Length >= ChunkOverhead && !chunks[4..].StartsWith("IDAT"u8))
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunks);
            if (length > chunks.Length - ChunkOverhead)
            {
                break;
            }

            var payload = chunks.Slice(8, (int)length);
            if (chunks[4..].StartsWith("acTL"u8) && length >= 4)
            {
                frames = (int)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(payload), 1, int.MaxValue);
            }
            else if (chunks[4..].StartsWith("eXIf"u8))
            {
                orientation = ExifOrientation.Read(payload);
            }

            chunks = chunks[((int)length + ChunkOverhead)..];
        }

        return (frames, orientation);
    }
}
