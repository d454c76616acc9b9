
namespace DandelionMl.Labels;

/// <summary>What a class may be called: 1 to 50 UTF-16 code units of well-formed Unicode without control characters, since every
/// database must take it and a training manifest's canonical form has one image a line.</summary>
internal static class ImageLabel
{
    public const int MaxLength = 50;

    /// <exception cref="InvalidLabelException">The label is not valid.</exception>
    public static void Check(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (label.Length is 0 or > MaxLength)
        {
            throw new InvalidLabelException(label, $"it has {label.Length} characters; 1 to {MaxLength} are accepted.");
        }

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
}
