using System.Globalization;
using System.Text;

namespace DandelionMl.Labels;

/// <summary>What a class may be called: 1 to 50 characters of well-formed Unicode without control characters, since every
/// database must take it and a training manifest's canonical form has one image a line. What people see as one character, such as an emoji
/// of a family, may count for several.</summary>
internal static class ImageLabel
{
    public const int MaxLength = 50;

    // So that its segment of a key fits a file name.
    private const int MaxUtf8Length = 190;

    /// <exception cref="InvalidLabelException">The label is not valid.</exception>
    public static void Check(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        CheckLength(label);
        for (var i = 0; i < label.Length; i++)
        {
            if (char.IsControl(label[i]))
            {
                throw new InvalidLabelException(label, "it contains a control character.");
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
