using System.Buffers.Binary;

namespace DandelionMl.Imaging.Headers;

/// <summary>Reads the orientation, 1 to 8, out of EXIF data (a TIFF structure). Damaged data is as good as none.</summary>
internal static class ExifOrientation
{
    public const int Upright = 1;

    private const int OrientationTag = 0x0112;
    private const int EntryLength = 12;

    public static int Read(ReadOnlySpan<byte> exif)
    {
        var littleEndian = exif.StartsWith("II"u8);
        if (exif.Length < 8 || !(littleEndian || exif.StartsWith("MM"u8)))
        {
            return Upright;
        }

        var directory = littleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(exif[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(exif[4..]);
        if (directory > exif.Length - 2)
        {
            return Upright;
        }

        var entries = exif[((int)directory + 2)..];
        var count = ReadUInt16(exif[(int)directory..], littleEndian);
        for (; count > 0 && entries.Length >= EntryLength; count--, entries = entries[EntryLength..])
        {
            if (ReadUInt16(entries, littleEndian) == OrientationTag)
            {
                var value = ReadUInt16(entries[8..], littleEndian);
                return value is >= 1 and <= 8 ? value : Upright;
            }
        }

        return Upright;
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool littleEndian) =>
        littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
