using System.Buffers.Binary;

namespace DandelionMl.Imaging.Headers;

/// <summary>The header of a JPEG: its frame header (SOF), its orientation, and the number of scans where each one costs a pass over the
/// whole picture.</summary>
internal static class JpegHeader
{
    /// <summary>Most scans of a picture that is coded in several; encoders write about 10. A scan of 50 megapixels can be coded
    /// in a hundred bytes, so that the number of bytes does not bound the time to decode it.</summary>
    public const int MaxScans = 100;

    internal const byte StartOfScan = 0xDA;
    internal const byte EndOfImage = 0xD9;
    private const byte ExifSegment = 0xE1; // APP1

    public static EncodedHeader Read(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[2..];
        int? orientation = null;
        while (TryNextSegment(ref rest, out var marker, out var segment))
        {
            if (IsFrameHeader(marker))
            {
                return ReadFrame(marker, segment, rest) with { Orientation = orientation ?? ExifOrientation.Upright };
            }

            if (marker == ExifSegment && segment.StartsWith("Exif\0\0"u8))
            {
                orientation ??= ExifOrientation.Find(segment) ?? ExifOrientation.Upright; // The first one counts.
            }

            if (marker is StartOfScan or EndOfImage)
            {
                break;
            }
        }

        throw HeaderReader.Damaged("The JPEG is cut off before its frame header (SOF).");
    }

    private static EncodedHeader ReadFrame(byte marker, ReadOnlySpan<byte> segment, ReadOnlySpan<byte> rest)
    {
        if (segment.Length < 6)
        {
            throw HeaderReader.Damaged("The JPEG's frame header (SOF) is cut off.");
        }

        if (marker is not (0xC0 or 0xC1 or 0xC2) || segment[0] != 8)
        {
            throw new ImageDecodingException(
                ImageDecodingFailure.UnsupportedFormat,
                $"This kind of JPEG (SOF{marker - 0xC0}, {segment[0]} bits) is not supported; use a baseline or progressive JPEG with 8 bits.");
        }

        var height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        var width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        var isOneScan = CheckScans(isProgressive: marker == 0xC2, components: segment[5], rest);
        return new EncodedHeader(ImageFormat.Jpeg, width, height, Frames: 1)
        {
            // What is coded in several scans is kept as coefficients until the last one.
            DecodingBytesPerPixel = isOneScan ? 1 : 8,
        };
    }

    /// <returns>Whether one scan has the whole picture.</returns>
    private static bool CheckScans(bool isProgressive, int components, ReadOnlySpan<byte> rest)
    {
        var scans = 0;
        while (TryNextSegment(ref rest, out var marker, out var segment) && marker != EndOfImage)
        {
            if (marker != StartOfScan)
            {
                continue;
            }

            if (!isProgressive && scans == 0 && !segment.IsEmpty && segment[0] == components)
            {
                return true; // What follows is never read. After a scan of some components alone, all of it is.
            }

            if (++scans > MaxScans)
            {
                throw new ImageDecodingException(
                    ImageDecodingFailure.TooLarge,
                    $"The JPEG has more than {MaxScans} scans, which takes too long to decode.");
            }
        }

        return false;
    }

    /// <summary>Moves past the next marker and its segment, skipping entropy-coded data and rubbish before it as libjpeg
    /// does.</summary>
    internal static bool TryNextSegment(ref ReadOnlySpan<byte> rest, out byte marker, out ReadOnlySpan<byte> segment)
    {
        marker = 0;
        segment = default;
        while (true)
        {
            var start = rest.IndexOf((byte)0xFF);
            if (start < 0 || start + 1 >= rest.Length)
            {
                return false;
            }

            marker = rest[start + 1];
            if (marker == 0xFF)
            {
                rest = rest[(start + 1)..]; // Fill byte.
                continue;
            }

            rest = rest[(start + 2)..];
            if (marker is EndOfImage)
            {
                return true;
            }

            if (marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue; // Stuffed byte, TEM, RSTn, SOI: no segment.
            }

            if (rest.Length < 2)
            {
                return false;
            }

            var length = Math.Clamp(BinaryPrimitives.ReadUInt16BigEndian(rest), 2, rest.Length);
            segment = rest[2..length];
            rest = rest[length..];
            return true;
        }
    }

    /// <summary>SOF0 to SOF15; DHT, JPG and DAC lie among them.</summary>
    internal static bool IsFrameHeader(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
