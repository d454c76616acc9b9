using System.Buffers.Binary;

namespace DandelionMl.Imaging.Headers;

/// <summary>The header of a WebP (RFC 9649): its first chunk, the number of ANMF chunks if it is animated, and the orientation in its EXIF
/// chunk.</summary>
internal static class WebPHeader
{
    private const int FirstChunk = 12;
    private const int FirstPayload = 20;
    private const byte AnimationFlag = 0x02;

    // Bytes that each kind of first chunk begins with.
    private const int CanvasHeader = 10;
    private const int LosslessHeader = 5;
    private const int LossyHeader = 10;

    public static EncodedHeader Read(ReadOnlySpan<byte> bytes)
    {
        var declaredLength = bytes.Length < 8 ? 0 : 8L + BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (bytes.Length < FirstPayload || bytes.Length < declaredLength)
        {
            throw HeaderReader.Damaged("The WebP is cut off.");
        }

        var type = bytes.Slice(FirstChunk, 4);
        var payload = bytes[FirstPayload..];
        if (type.SequenceEqual("VP8X"u8) && payload.Length >= CanvasHeader)
        {
            var (frames, orientation) = ReadOptionalChunks(bytes[FirstChunk..]);
            return Header(ReadUInt24(payload[4..]) + 1, ReadUInt24(payload[7..]) + 1, (payload[0] & AnimationFlag) == 0 ? 1 : Math.Max(1, frames))
                with { Orientation = orientation };
        }

        if (type.SequenceEqual("VP8L"u8) && payload.Length >= LosslessHeader && payload[0] == 0x2F)
        {
            var sides = BinaryPrimitives.ReadUInt32LittleEndian(payload[1..]);
            return Header((int)(sides & 0x3FFF) + 1, (int)((sides >> 14) & 0x3FFF) + 1, 1);
        }

        if (type.SequenceEqual("VP8 "u8) && payload.Length >= LossyHeader && payload[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
        {
            var width = BinaryPrimitives.ReadUInt16LittleEndian(payload[6..]) & 0x3FFF;
            var height = BinaryPrimitives.ReadUInt16LittleEndian(payload[8..]) & 0x3FFF;
            return Header(width, height, 1);
        }

        throw HeaderReader.Damaged("The WebP does not begin with a picture.");
    }

    private static EncodedHeader Header(int width, int height, int frames) => new(ImageFormat.WebP, width, height, frames);

    private static (int Frames, int Orientation) ReadOptionalChunks(ReadOnlySpan<byte> chunks)
    {
        var frames = 0;
        int? orientation = null;
        while (chunks.Length >= 8)
        {
            frames += chunks.StartsWith("ANMF"u8) ? 1 : 0;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            if (chunks.StartsWith("EXIF"u8))
            {
                orientation ??= ExifOrientation.Find(chunks[8..(int)Math.Min(8L + length, chunks.Length)]);
            }

            var next = 8 + (long)length + (length & 1);
            if (next >= chunks.Length)
            {
                break;
            }

            chunks = chunks[(int)next..];
        }

        return (frames, orientation ?? ExifOrientation.Upright);
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
