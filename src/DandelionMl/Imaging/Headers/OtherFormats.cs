using System.Buffers.Binary;
using System.IO.Compression;

namespace DandelionMl.Imaging.Headers;

/// <summary>Names formats that are not supported, by their content, for the refusal.</summary>
internal static class OtherFormats
{
    private const int MaxMarkup = 64 * 1024;
    private const int MaxBrands = 256;

    /// <summary>The name of a known format; null for anything else.</summary>
    public static string? Name(ReadOnlySpan<byte> bytes) =>
        FileSignature.HasAt(bytes, 4, "ftyp"u8) ? NameIsoMedia(bytes)
        : bytes.StartsWith("GIF8"u8) ? "GIF"
        : NameTiff(bytes)
        ?? NameByStart(bytes)
        ?? NameMarkup(bytes)
        ?? (IsTarga(bytes) ? "TGA" : null);

    private static string? NameByStart(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("%PDF"u8) ? "PDF"
        : bytes.StartsWith("8BPS"u8) ? "Photoshop"
        : bytes.StartsWith("gimp xcf"u8) ? "GIMP (XCF)"
        : bytes.StartsWith("\0\0\u0001\0"u8) ? "ICO"
        : bytes.StartsWith("\0\0\u0002\0"u8) && bytes.Length >= 22 && bytes[4] > 0 ? "CUR"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || FileSignature.HasAt(bytes, 4, "JXL "u8) ? "JPEG XL"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]) || FileSignature.HasAt(bytes, 4, "jP  "u8) ? "JPEG 2000"
        : bytes.StartsWith("qoif"u8) ? "QOI"
        : bytes.StartsWith("FUJIFILMCCD-RAW"u8) ? "Fujifilm raw (RAF)"
        : bytes.StartsWith("FOVb"u8) ? "Sigma raw (X3F)"
        : bytes.StartsWith("\0MRM"u8) ? "Minolta raw (MRW)"
        : bytes.StartsWith("%!PS"u8) || bytes.StartsWith((ReadOnlySpan<byte>)[0xC5, 0xD0, 0xD3, 0xC6]) ? "EPS"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0x76, 0x2F, 0x31, 0x01]) ? "OpenEXR"
        : bytes.StartsWith("#?RADIANCE"u8) ? "Radiance HDR"
        : bytes.StartsWith("DDS "u8) ? "DDS"
        : FileSignature.HasAt(bytes, 128, "DICM"u8) ? "DICOM"
        : bytes.StartsWith("PK\u0003\u0004"u8) ? "ZIP"
        : bytes.StartsWith("RIFF"u8) ? FileSignature.HasAt(bytes, 8, "AVI "u8) ? "AVI" : FileSignature.HasAt(bytes, 8, "WAVE"u8) ? "WAV" : "RIFF"
        : bytes.StartsWith("BM"u8) && bytes.Length >= 26 ? "BMP"
        : NamePortable(bytes);

    private static string? NameTiff(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) ? "TIFF (or a camera's raw format)"
        : bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8) ? "TIFF (BigTIFF)"
        : bytes.StartsWith("IIU\0"u8) ? "Panasonic raw (RW2)"
        : bytes.StartsWith("IIRO"u8) || bytes.StartsWith("IIRS"u8) || bytes.StartsWith("MMOR"u8) ? "Olympus raw (ORF)"
        : null;

    // Netpbm: P1 to P6, then white space.
    private static string? NamePortable(ReadOnlySpan<byte> bytes) =>
        bytes.Length < 3 || bytes[0] != 'P' || bytes[2] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') ? null
        : bytes[1] is (byte)'1' or (byte)'4' ? "PBM"
        : bytes[1] is (byte)'2' or (byte)'5' ? "PGM"
        : bytes[1] is (byte)'3' or (byte)'6' ? "PPM"
        : bytes[1] is (byte)'7' ? "PAM"
        : null;

    // The file's brand is followed by all that it is compatible with; a HEIF container says only there what is in it.
    private static string NameIsoMedia(ReadOnlySpan<byte> bytes)
    {
        var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), Math.Min(bytes.Length, MaxBrands));
        var brands = bytes[8..Math.Max(length, Math.Min(12, bytes.Length))];
        return HasBrand(brands, "avif"u8) || HasBrand(brands, "avis"u8) ? "AVIF"
            : brands.StartsWith("crx "u8) ? "Canon raw (CR3)"
            : HasBrand(brands, "j2ki"u8) || HasBrand(brands, "j2is"u8) ? "JPEG 2000 (HEIF)"
            : HasBrand(brands, "hei"u8) || HasBrand(brands, "hev"u8) || HasBrand(brands, "mif1"u8) || HasBrand(brands, "msf1"u8)
                || HasBrand(brands, "miaf"u8) ? "HEIC"
            : "MP4 or QuickTime";
    }

    private static bool HasBrand(ReadOnlySpan<byte> brands, ReadOnlySpan<byte> brand)
    {
        for (; brands.Length >= 4; brands = brands[4..])
        {
            if (brands.StartsWith(brand))
            {
                return true;
            }
        }

        return false;
    }

    private static string? NameMarkup(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return NameText(Inflate(bytes)) == "SVG" ? "SVG (compressed)" : "gzip";
        }

        return bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? NameText(EverySecond(bytes[2..]))
            : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) && bytes.Length > 2 ? NameText(EverySecond(bytes[3..]))
            : NameText(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
    }

    private static string? NameText(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, MaxMarkup)].TrimStart(" \t\r\n"u8);
        return !text.StartsWith("<"u8) ? null
            : text.StartsWith("<!DOCTYPE html"u8) || text.StartsWith("<!doctype html"u8) || text.StartsWith("<html"u8) ? "HTML"
            : text.IndexOf("<svg"u8) >= 0 ? "SVG"
            : text.IndexOf("<html"u8) >= 0 ? "HTML"
            : "XML";
    }

    /// <summary>The Latin letters of UTF-16.</summary>
    private static byte[] EverySecond(ReadOnlySpan<byte> utf16)
    {
        var text = new byte[Math.Min((utf16.Length + 1) / 2, MaxMarkup)];
        for (var index = 0; index < text.Length; index++)
        {
            text[index] = utf16[index * 2];
        }

        return text;
    }

    private static ReadOnlySpan<byte> Inflate(ReadOnlySpan<byte> compressed)
    {
        using var source = new MemoryStream(compressed[..Math.Min(compressed.Length, MaxMarkup)].ToArray(), writable: false);
        using var inflated = new GZipStream(source, CompressionMode.Decompress);
        var text = new byte[MaxMarkup];
        var read = 0;
        try
        {
            // As much as there is of a file that is cut off.
            while (inflated.Read(text.AsSpan(read)) is > 0 and var more)
            {
                read += more;
            }
        }
        catch (InvalidDataException)
        {
        }

        return text.AsSpan(0, read);
    }

    // It has no signature at its start, but version 2 has one at its end.
    private static bool IsTarga(ReadOnlySpan<byte> bytes) => bytes.EndsWith("TRUEVISION-XFILE.\0"u8);
}
