using System.Buffers;
using System.Text;

namespace DandelionMl.Storage;

/// <summary>Paths as <c>file</c> URIs.</summary>
internal static class FileUri
{
    // What System.Uri leaves as it is in a path; all else is escaped here, since it would decode %41, or cut off a blank at the end.
    private static readonly SearchValues<char> PlainInPath =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!*'()[]@:&=+$,;/");

    /// <returns>The URI of a path, every character in it that is not a path's own being escaped.</returns>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path).Replace(Path.DirectorySeparatorChar, '/');
        var escaped = new StringBuilder(full.StartsWith("//", StringComparison.Ordinal) ? "file:" : full.StartsWith('/') ? "file://" : "file:///");
        foreach (var rune in full.EnumerateRunes())
        {
            _ = rune.IsAscii && PlainInPath.Contains((char)rune.Value)
                ? escaped.Append((char)rune.Value)
                : escaped.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return escaped.ToString();
    }
}
