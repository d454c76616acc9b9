using System.Buffers;
using System.Globalization;
using System.Text;

namespace DandelionMl.Labels;

/// <summary>What a class may be called: 1 to 50 characters of well-formed Unicode. There are no control characters among them, since every
/// database must take it and a training manifest's canonical form has one image a line, and none that nobody sees, since two labels that
/// look the same would be two classes. What people see as one character, such as an emoji of a family, may count for several.</summary>
internal static class ImageLabel
{
    public const int MaxLength = 50;

    /// <summary>Characters that nobody sees: those that direct the writing, spaces without width, and ends of lines. Joiners are part of emoji
    /// and of scripts.</summary>
    private static readonly SearchValues<char> Unseen = SearchValues.Create(
        "\u00AD\u061C\u180E\u200B\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2060\u2061\u2062\u2063\u2064"
        + "\u2066\u2067\u2068\u2069\uFEFF\uFFF9\uFFFA\uFFFB");

    // So that its segment of a key fits a file name.
    private const int MaxUtf8Length = 190;

    /// <exception cref="InvalidLabelException">The label is not valid.</exception>
    public static void Check(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        CheckLength(label);
        if (string.IsNullOrWhiteSpace(label))
        {
            throw new InvalidLabelException(label, "it contains nothing but spaces.");
        }

        for (var i = 0; i < label.Length; i++)
        {
            if (char.IsControl(label[i]))
            {
                throw new InvalidLabelException(label, "it contains a control character.");
            }

            if (Unseen.Contains(label[i]))
            {
                throw new InvalidLabelException(label, $"it contains the character U+{(int)label[i]:X4}, which is not seen.");
            }

            if (!char.IsSurrogate(label[i]))
            {
                continue;
            }

            if (i + 1 == label.Length || !char.IsSurrogatePair(label[i], label[i + 1]))
            {
                throw new InvalidLabelException(label, "it is not well-formed Unicode.");
            }

            i++;
        }
    }

    /// <summary>The same label as others write it: a letter with an accent is one character or two, by the system that a folder's name comes
    /// from. (NFC of Unicode's annex 15.)</summary>
    /// <param name="label">A label that is valid.</param>
    public static string Normalise(string label) => label.Normalize(NormalizationForm.FormC);

    /// <summary>A label without what people write differently: case, accents, spaces. Two labels that are the same so are likely meant to be
    /// one.</summary>
    /// <param name="label">A label that is valid.</param>
    public static string Plain(string label) => string.Concat(label.Normalize(NormalizationForm.FormD).EnumerateRunes()
        .Where(rune => Rune.GetUnicodeCategory(rune) is not UnicodeCategory.NonSpacingMark && !Rune.IsWhiteSpace(rune))
        .Select(Rune.ToLowerInvariant));

    private static void CheckLength(string label)
    {
        var (seen, counted) = (new StringInfo(label).LengthInTextElements, label.EnumerateRunes().Count());
        if (counted is > 0 and <= MaxLength && Encoding.UTF8.GetByteCount(label) <= MaxUtf8Length)
        {
            return;
        }

        throw new InvalidLabelException(label, seen is 0 or > MaxLength
            ? $"it has {seen} characters; 1 to {MaxLength} are accepted."
            : $"its {seen} characters are too long together: some, such as emoji, count for several.");
    }
}
