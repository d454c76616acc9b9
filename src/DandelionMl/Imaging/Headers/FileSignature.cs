namespace DandelionMl.Imaging.Headers;

/// <summary>Tells a file's format by its first bytes.</summary>
internal static class FileSignature
{
    public static bool TryDetect(ReadOnlySpan<byte> bytes, out ImageFormat format)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            format = ImageFormat.Jpeg;
            return true;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            format = ImageFormat.Png;
            return true;
        }

        format = ImageFormat.WebP;
        return HasAt(bytes, 0, "RIFF"u8) && HasAt(bytes, 8, "WEBP"u8);
    }

    /// <summary>The name of a known format that is not read; null for anything else.</summary>
    public static string? NameUnsupported(ReadOnlySpan<byte> bytes) =>
        HasAt(bytes, 4, "ftyp"u8) ? NameIsoMedia(bytes[8..])
        : bytes.StartsWith("GIF8"u8) ? "GIF"
        : bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) ? "TIFF (or a camera's raw format)"
        : bytes.StartsWith("%PDF"u8) ? "PDF"
        : bytes.StartsWith("8BPS"u8) ? "Photoshop"
        : bytes.StartsWith("\0\0\u0001\0"u8) ? "ICO"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || HasAt(bytes, 4, "JXL "u8) ? "JPEG XL"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]) || HasAt(bytes, 4, "jP  "u8) ? "JPEG 2000"
        : bytes.StartsWith("PK\u0003\u0004"u8) ? "ZIP"
        : HasAt(bytes, 0, "RIFF"u8) ? "RIFF, but not WebP"
        : bytes.StartsWith("BM"u8) && bytes.Length >= 26 ? "BMP"
        : NameMarkup(bytes);

    private static string NameIsoMedia(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("avi"u8) ? "AVIF"
        : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) ? "HEIC"
        : brand.StartsWith("mif1"u8) || brand.StartsWith("msf1"u8) ? "HEIC"
        : "MP4 or QuickTime";

    private static string? NameMarkup(ReadOnlySpan<byte> bytes)
    {
        var text = bytes[..Math.Min(bytes.Length, 512)];
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        text = text.TrimStart(" \t\r\n"u8);
        return !text.StartsWith("<"u8) ? null
            : text.IndexOf("<svg"u8) >= 0 ? "SVG"
            : text.IndexOf("<html"u8) >= 0 || text.StartsWith("<!DOCTYPE html"u8) || text.StartsWith("<!doctype html"u8) ? "HTML"
            : "XML";
    }

    private static bool HasAt(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<byte> value) =>
        bytes.Length >= offset + value.Length && bytes.Slice(offset, value.Length).SequenceEqual(value);
}
