namespace DandelionMl.Tests.Imaging.Pictures;

/// <summary>EXIF data that says the orientation and nothing else.</summary>
internal static class Exif
{
    public static byte[] Orientation(int value) =>
    [
        .. "II*\0"u8, 8, 0, 0, 0, // TIFF header, little endian; the first directory follows.
        1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)value, 0, 0, 0, // One entry: Orientation, SHORT.
        0, 0, 0, 0,
    ];

    /// <summary>As some phones write it: as a LONG.</summary>
    public static byte[] LongOrientation(byte value, bool littleEndian) => littleEndian
        ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 4, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
        : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 4, 0, 0, 0, 1, 0, 0, 0, value, 0, 0, 0, 0];

    /// <summary>Puts it into a JPEG, behind its first two bytes.</summary>
    public static byte[] IntoJpeg(byte[] jpeg, int orientation) => IntoJpeg(jpeg, Orientation(orientation));

    /// <summary>Puts EXIF data into a JPEG, behind its first two bytes.</summary>
    public static byte[] IntoJpeg(byte[] jpeg, byte[] exif) =>
        [.. jpeg[..2], .. FlatJpegWriter.Segment(0xE1, [.. "Exif\0\0"u8, .. exif]), .. jpeg[2..]];
}
