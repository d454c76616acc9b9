using System.Buffers.Binary;

namespace DandelionMl.Imaging.Headers;

/// <summary>Reads the orientation, 1 to 8, out of EXIF data (a TIFF structure), as Pillow does. Damaged data is as good as none.</summary>
internal static class ExifOrientation
{
    public const int Upright = 1;

    private const int OrientationTag = 0x0112;
    private const int LongType = 4;
    private const int EntryLength = 12;

    /// <summary>Reads the orientation.</summary>
    /// <param name="exif">The EXIF data; the prefix of JPEG, which some programs write in other formats, too, is left out.</param>
    /// <returns>1 to 8; 1 where it is none of them; null where there is no orientation.</returns>
    public static int? Find(ReadOnlySpan<byte> exif)
    {
        exif = exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif;
        var littleEndian = exif.StartsWith("II"u8);
        if (exif.Length < 8 || !(littleEndian || exif.StartsWith("MM"u8)))
        {
            return null;
        }

        var directory = ReadUInt32(exif[4..], littleEndian);
        if (directory > exif.Length - 2)
        {
            return null;
        }

        var entries = exif[((int)directory + 2)..];
        var count = ReadUInt16(exif[(int)directory..], littleEndian);
        for (; count > 0 && entries.Length >= EntryLength; count--, entries = entries[EntryLength..])
        {
            if (ReadUInt16(entries, littleEndian) == OrientationTag)
            {
                return ReadValue(entries, littleEndian) is >= 1 and <= 8 and var value ? (int)value : Upright;
            }
        }

        return null;
    }

    // A SHORT, as the standard has it; some phones write a LONG.
    private static uint ReadValue(ReadOnlySpan<byte> entry, bool littleEndian) => ReadUInt16(entry[2..], littleEndian) == LongType
        ? ReadUInt32(entry[8..], littleEndian)
        : ReadUInt16(entry[8..], littleEndian);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
