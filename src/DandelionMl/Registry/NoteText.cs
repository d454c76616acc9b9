using DandelionMl.Data;

namespace DandelionMl.Registry;

/// <summary>What a note on a version may be.</summary>
internal static class NoteText
{
    public const int MaxCharacters = 500;

    private const StringSplitOptions WithoutBlanks = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static readonly char[] Breaks = ['\r', '\n', '\t'];

    /// <summary>A note in one line, without control characters and outer spaces; null if nothing is left.</summary>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public static string? Check(string? note) => note?.EnumerateRunes().Count() is > MaxCharacters and var length
        ? throw new ArgumentException($"The note has {length} characters; the limit is {MaxCharacters}.", nameof(note))
        : PlainText.Clean(string.Join(' ', (note ?? "").Split(Breaks, WithoutBlanks)), MaxCharacters);
}
