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

    /// <summary>Puts it into a JPEG, behind its first two bytes.</summary>
    public static byte[] IntoJpeg(byte[] jpeg, int orientation) =>
        [.. jpeg[..2], .. FlatJpegWriter.Segment(0xE1, [.. "Exif\0\0"u8, .. Orientation(orientation)]), .. jpeg[2..]];
}
