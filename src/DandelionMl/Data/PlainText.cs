using System.Text;

namespace DandelionMl.Data;

/// <summary>Text of people's as every database takes it: well-formed Unicode without control characters.</summary>
internal static class PlainText
{
    /// <summary>Leaves out control characters, puts U+FFFD for halves of surrogate pairs, and cuts off spaces and what is too long.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxCharacters">The most characters of Unicode, each one or two UTF-16 code units.</param>
    /// <returns>What is left; null if that is nothing.</returns>
    public static string? Clean(string? text, int maxCharacters)
    {
        var clean = string.Concat((text ?? "").EnumerateRunes().Where(rune => !Rune.IsControl(rune)).Take(maxCharacters)).Trim();
        return clean.Length == 0 ? null : clean;
    }
}
