using System.Buffers.Text;
using System.Text;

namespace DandelionMl.Labels;

/// <summary>Turns a label, which may be any text of 1 to 50 characters, into one segment of a key and back.</summary>
/// <remarks>Letters and digits of ASCII, <c>_</c> and <c>-</c> stand for themselves, every other byte of the label's UTF-8 becomes
/// <c>%XX</c>. Where that makes a segment longer than 120 characters (a label of many characters beyond ASCII), the segment is <c>=</c>
/// and the UTF-8 in URL-safe base64, so that it fits a file name (255 bytes) whatever the label.</remarks>
internal static class LabelSegment
{
    private const int LongestPercentEncoding = 120;

    // raw/new_data/ is where images wait for review: a class of that name must not end up among them.
    private const string ReservedLabel = "new_data";
    private const string ReservedSegment = "new%5Fdata";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The segment of a label.</summary>
    /// <param name="label">The label.</param>
    /// <exception cref="InvalidLabelException">The label is not a well-formed text of 1 to 50 characters.</exception>
    public static string Encode(string label)
    {
        ImageLabel.Check(label);
        if (label == ReservedLabel)
        {
            return ReservedSegment;
        }

        var utf8 = Encoding.UTF8.GetBytes(label);
        var segment = PercentEncode(utf8);
        return segment.Length <= LongestPercentEncoding ? segment : "=" + Base64Url.EncodeToString(utf8);
    }

    /// <summary>The label of a segment.</summary>
    /// <param name="segment">What <see cref="Encode"/> gave.</param>
    /// <exception cref="InvalidLabelException"><see cref="Encode"/> gives this segment for no label.</exception>
    public static string Decode(string segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        try
        {
            var utf8 = segment.StartsWith('=') ? Base64Url.DecodeFromChars(segment.AsSpan(1)) : PercentDecode(segment);
            var label = StrictUtf8.GetString(utf8);
            if (Encode(label) == segment)
            {
                return label;
            }
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new InvalidLabelException(segment, "it is not an encoded label.", exception);
        }

        throw new InvalidLabelException(segment, "it is not an encoded label.");
    }

    private static string PercentEncode(ReadOnlySpan<byte> utf8)
    {
        var segment = new StringBuilder(utf8.Length);
        foreach (var value in utf8)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'-')
            {
                segment.Append((char)value);
            }
            else
            {
                segment.Append('%').Append(Convert.ToHexString([value]));
            }
        }

        return segment.ToString();
    }

    private static byte[] PercentDecode(string segment)
    {
        var utf8 = new List<byte>(segment.Length);
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '%')
            {
                utf8.Add(checked((byte)Math.Min((int)segment[i], 0xFF)));
            }
            else if (i + 2 < segment.Length)
            {
                utf8.AddRange(Convert.FromHexString(segment.AsSpan(i + 1, 2)));
                i += 2;
            }
            else
            {
                throw new FormatException("A percent sign without two digits.");
            }
        }

        return [.. utf8];
    }
}
