using DandelionMl.Imaging.Headers;

namespace DandelionMl.Imaging.Metadata;

/// <summary>EXIF data that says the orientation and nothing else.</summary>
internal static class OrientationExif
{
    // A big-endian TIFF: its directory at 8 has one entry, the orientation (0x0112), one SHORT; and none follows.
    private static readonly byte[] _template =
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

    private const int ValueAt = 19;

    /// <summary>The data, without the prefix of JPEG.</summary>
    /// <returns>Empty where the picture is upright, and nothing has to be said.</returns>
    public static byte[] Write(int orientation)
    {
        if (orientation == ExifOrientation.Upright)
        {
            return [];
        }

        var exif = (byte[])_template.Clone();
        exif[ValueAt] = (byte)orientation;
        return exif;
    }
}
