using System.Text;

namespace DandelionMl.Pipelines.Rows;

/// <summary>Makes text that anyone may have written fit to be kept: every database takes it, and it is not endless.</summary>
internal static class PipelineText
{
    public const int MaxLength = 4_000;

    public static string Clean(string text)
    {
        var kept = text.Length > MaxLength ? text[..MaxLength] + "…" : text;

        // Halves of a character become the replacement character on the way; PostgreSQL takes no character zero.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept)).Replace('\0', '\uFFFD');
    }
}
