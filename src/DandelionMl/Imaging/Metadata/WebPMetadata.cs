using System.Buffers.Binary;
using DandelionMl.Imaging.Headers;

namespace DandelionMl.Imaging.Metadata;

/// <summary>Takes the metadata out of a WebP (RFC 9649): all chunks but those of pixels and colours.</summary>
internal static class WebPMetadata
{
    private const int FirstChunk = 12;
    private const int HeadLength = 8; // type and length
    private const byte ExifFlag = 0x08;
    private const byte XmpFlag = 0x04;

    public static byte[] Strip(ReadOnlySpan<byte> webp, int orientation)
    {
        using var stripped = new MemoryStream(webp.Length);
        stripped.Write(webp[..FirstChunk]);
        var hasPicture = false;
        for (var chunks = webp[FirstChunk..]; chunks.Length >= HeadLength && !(hasPicture && IsSimple(webp));)
        {
            var length = (int)Math.Min(HeadLength + (long)BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]), chunks.Length);
            var chunk = chunks[..length];
            if (chunk.StartsWith("VP8X"u8))
            {
                Write(stripped, WithoutFlags(chunk, orientation));
            }
            else if (IsNeeded(chunk))
            {
                Write(stripped, chunk);
                hasPicture = true;
            }

            chunks = chunks[Math.Min(length + (length & 1), chunks.Length)..];
        }

        // Where the standard wants it: after the picture.
        if (OrientationExif.Write(orientation) is { Length: > 0 } exif)
        {
            Span<byte> head = [.. "EXIF"u8, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], exif.Length);
            Write(stripped, [.. head, .. exif]);
        }

        var bytes = stripped.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - HeadLength);
        return bytes;
    }

    // One chunk, without any metadata; what follows belongs to nothing.
    private static bool IsSimple(ReadOnlySpan<byte> webp) => !FileSignature.HasAt(webp, FirstChunk, "VP8X"u8);

    private static bool IsNeeded(ReadOnlySpan<byte> chunk) =>
        chunk.StartsWith("VP8 "u8) || chunk.StartsWith("VP8L"u8) || chunk.StartsWith("ALPH"u8) || chunk.StartsWith("ICCP"u8)
        || chunk.StartsWith("ANIM"u8) || chunk.StartsWith("ANMF"u8);

    private static byte[] WithoutFlags(ReadOnlySpan<byte> chunk, int orientation)
    {
        var header = chunk.ToArray();
        header[HeadLength] = (byte)((header[HeadLength] & ~(ExifFlag | XmpFlag)) | (orientation == ExifOrientation.Upright ? 0 : ExifFlag));
        return header;
    }

    // Chunks begin at even places.
    private static void Write(MemoryStream stripped, ReadOnlySpan<byte> chunk)
    {
        stripped.Write(chunk);
        if ((chunk.Length & 1) == 1)
        {
            stripped.Write([0]);
        }
    }
}
