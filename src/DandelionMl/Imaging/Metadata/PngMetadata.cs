using System.Buffers.Binary;
using System.IO.Hashing;

namespace DandelionMl.Imaging.Metadata;

/// <summary>Takes the metadata out of a PNG: all chunks but those of pixels and colours.</summary>
internal static class PngMetadata
{
    private const int SignatureLength = 8;
    private const int HeadLength = 8; // length and type
    private const int ChunkOverhead = 12; // these and the CRC

    private static readonly string[] _needed =
        ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "cICP", "mDCV", "cLLI"];

    public static byte[] Strip(ReadOnlySpan<byte> png, int orientation)
    {
        using var stripped = new MemoryStream(png.Length);
        stripped.Write(png[..SignatureLength]);
        for (var chunks = png[SignatureLength..]; chunks.Length >= ChunkOverhead;)
        {
            // The last one may be cut off; what there is of it may be enough.
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(chunks) + (long)ChunkOverhead, chunks.Length);
            var type = chunks[4..HeadLength];
            if (IsNeeded(type))
            {
                stripped.Write(chunks[..length]);
            }

            if (type.SequenceEqual("IHDR"u8))
            {
                WriteOrientation(stripped, orientation);
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                break;
            }

            chunks = chunks[length..];
        }

        return stripped.ToArray();
    }

    private static bool IsNeeded(ReadOnlySpan<byte> type)
    {
        Span<char> name = [(char)type[0], (char)type[1], (char)type[2], (char)type[3]];
        return _needed.AsSpan().Contains(name.ToString());
    }

    private static void WriteOrientation(MemoryStream stripped, int orientation)
    {
        if (OrientationExif.Write(orientation) is not { Length: > 0 } exif)
        {
            return;
        }

        var chunk = new byte[ChunkOverhead + exif.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, exif.Length);
        "eXIf"u8.CopyTo(chunk.AsSpan(4));
        exif.CopyTo(chunk, HeadLength);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(HeadLength + exif.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + exif.Length)));
        stripped.Write(chunk);
    }
}
