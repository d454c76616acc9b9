using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace DandelionMl.Imaging.Headers;

/// <summary>The orientation in a PNG's texts, as Pillow reads it: in EXIF data written as hexadecimal digits, as ImageMagick and ExifTool do,
/// or in XMP. Of each kind the first text is read, so that many of them cost nothing.</summary>
internal struct PngTexts
{
    /// <summary>Most bytes of a text that are looked at; EXIF data has at most 64 kB.</summary>
    private const int MaxLength = 256 * 1024;

    private static readonly SearchValues<char> _hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private bool _hasProfile;
    private bool _hasXmp;
    private int? _profile;
    private int? _xmp;

    /// <summary>1 to 8; null if no text says so.</summary>
    public readonly int? Orientation => _profile ?? _xmp;

    /// <summary>Reads a chunk, if it is such a text.</summary>
    public void Read(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        if (!_hasProfile && payload.StartsWith("Raw profile type exif\0"u8))
        {
            _hasProfile = true;
            _profile = FindInProfile(TextOf(type, payload));
        }
        else if (!_hasXmp && payload.StartsWith("XML:com.adobe.xmp\0"u8))
        {
            _hasXmp = true;
            _xmp = FindInXmp(TextOf(type, payload));
        }
    }

    private static string TextOf(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        var rest = payload[(payload.IndexOf((byte)0) + 1)..];
        if (type.SequenceEqual("tEXt"u8))
        {
            return Decode(rest);
        }

        if (type.SequenceEqual("zTXt"u8) && rest.Length > 1)
        {
            return Inflate(rest[1..]);
        }

        // Whether it is compressed, how, its language and its translated keyword.
        if (!type.SequenceEqual("iTXt"u8) || rest.Length < 2)
        {
            return "";
        }

        var isCompressed = rest[0] == 1;
        rest = rest[2..];
        rest = rest[(rest.IndexOf((byte)0) + 1)..];
        rest = rest[(rest.IndexOf((byte)0) + 1)..];
        return isCompressed ? Inflate(rest) : Decode(rest);
    }

    private static string Decode(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text[..Math.Min(text.Length, MaxLength)]);

    private static string Inflate(ReadOnlySpan<byte> compressed)
    {
        using var source = new MemoryStream(compressed[..Math.Min(compressed.Length, MaxLength)].ToArray(), writable: false);
        using var inflated = new ZLibStream(source, CompressionMode.Decompress);
        var text = new byte[MaxLength];
        try
        {
            return Decode(text.AsSpan(0, inflated.ReadAtLeast(text, MaxLength, throwOnEndOfStream: false)));
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }

    // A line break, the profile's name, its length, then the digits in lines.
    private static int? FindInProfile(string text)
    {
        var digits = string.Concat(text.Split('\n').Skip(3).Select(line => line.Trim()));
        var whole = digits.AsSpan(0, digits.Length & ~1);
        return whole.IndexOfAnyExcept(_hexDigits) < 0 ? ExifOrientation.Find(Convert.FromHexString(whole)) : null;
    }

    private static int? FindInXmp(string text)
    {
        const string name = "tiff:Orientation";
        var start = text.IndexOf(name, StringComparison.Ordinal);
        var value = start < 0 ? "" : text.AsSpan(start + name.Length);
        value = value.StartsWith("=\"") ? value[2..] : value.StartsWith(">") ? value[1..] : "";
        return value.Length > 0 && value[0] is >= '1' and <= '8' ? value[0] - '0' : null;
    }
}
