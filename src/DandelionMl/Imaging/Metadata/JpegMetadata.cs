using System.Buffers.Binary;
using DandelionMl.Imaging.Headers;

namespace DandelionMl.Imaging.Metadata;

/// <summary>Takes the metadata out of a JPEG: application segments and comments, but for JFIF (without its small copy), the colour profile and
/// Adobe's way of coding colours.</summary>
internal static class JpegMetadata
{
    private const byte StartOfImage = 0xD8;
    private const byte FirstApplication = 0xE0;
    private const byte ExifSegment = 0xE1;
    private const byte ProfileSegment = 0xE2;
    private const byte AdobeSegment = 0xEE;
    private const byte LastApplication = 0xEF;
    private const byte Comment = 0xFE;

    // Identifier, version, density; then the sides of the small copy, which are none.
    private const int JfifLength = 14;
    private const int MarkerLength = 2;
    private const int SegmentOverhead = 4;

    public static byte[] Strip(ReadOnlySpan<byte> jpeg, int orientation)
    {
        using var stripped = new MemoryStream(jpeg.Length);
        stripped.Write([0xFF, StartOfImage]);
        var rest = jpeg[MarkerLength..];
        var before = rest;
        var (isTurned, inScan) = (false, false);
        for (; JpegHeader.TryNextSegment(ref rest, out var marker, out var segment); before = rest)
        {
            var read = before[..^rest.Length];
            var length = marker == JpegHeader.EndOfImage ? MarkerLength : segment.Length + SegmentOverhead;
            if (inScan)
            {
                stripped.Write(read[..^length]); // The coded pixels before it.
            }

            if (marker == FirstApplication && segment.Length >= JfifLength && segment.StartsWith("JFIF\0"u8))
            {
                WriteSegment(stripped, marker, [.. segment[..(JfifLength - 2)], 0, 0]);
                continue;
            }

            if (!isTurned)
            {
                WriteOrientation(stripped, orientation); // After JFIF, which comes first where there is any.
                isTurned = true;
            }

            if (IsNeeded(marker, segment))
            {
                stripped.Write(read[^length..]);
                inScan |= marker == JpegHeader.StartOfScan;
            }

            if (marker == JpegHeader.EndOfImage)
            {
                return stripped.ToArray();
            }
        }

        // Without an end: what is left are coded pixels.
        stripped.Write(before);
        return stripped.ToArray();
    }

    private static bool IsNeeded(byte marker, ReadOnlySpan<byte> segment) => marker switch
    {
        ProfileSegment => segment.StartsWith("ICC_PROFILE\0"u8),
        AdobeSegment => segment.StartsWith("Adobe"u8),
        >= FirstApplication and <= LastApplication or Comment => false,
        _ => true,
    };

    private static void WriteOrientation(MemoryStream stripped, int orientation)
    {
        if (OrientationExif.Write(orientation) is { Length: > 0 } exif)
        {
            WriteSegment(stripped, ExifSegment, [.. "Exif\0\0"u8, .. exif]);
        }
    }

    private static void WriteSegment(MemoryStream stripped, byte marker, ReadOnlySpan<byte> content)
    {
        Span<byte> head = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(content.Length + 2));
        stripped.Write(head);
        stripped.Write(content);
    }
}
