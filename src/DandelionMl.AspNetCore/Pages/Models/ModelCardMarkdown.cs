using System.Buffers;
using System.Text;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>Writes a <see cref="ModelCard"/> as Markdown (CommonMark, with the tables of GitHub).</summary>
internal static class ModelCardMarkdown
{
    /// <summary>What means something in Markdown; labels and notes are anybody's words.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create("\\`*_{}[]<>#|~&");

    public static string Write(ModelCard card)
    {
        var markdown = new StringBuilder().Append("# ").Append(Plain(card.Title)).Append('\n');
        foreach (var section in card.Sections)
        {
            markdown.Append("\n## ").Append(Plain(section.Title)).Append('\n');
            foreach (var paragraph in section.Paragraphs)
            {
                markdown.Append('\n').Append(Plain(paragraph)).Append('\n');
            }

            if (section.Table is { } table)
            {
                Write(markdown, table);
            }
        }

        return markdown.ToString();
    }

    private static void Write(StringBuilder markdown, CardTable table)
    {
        var columns = table.Rows.Select(row => row.Count).Append(table.Head.Count).Max();
        markdown.Append('\n');
        Write(markdown, table.Head.Count > 0 ? table.Head : [.. Enumerable.Repeat("", columns)]);
        markdown.Append('|').Insert(markdown.Length, " --- |", columns).Append('\n');
        foreach (var row in table.Rows)
        {
            Write(markdown, row);
        }
    }

    private static void Write(StringBuilder markdown, IReadOnlyList<string> cells) =>
        markdown.Append("| ").AppendJoin(" | ", cells.Select(Plain)).Append(" |\n");

    /// <summary>A text that stays text. What begins a line may be the sign of a list or of a quotation, too.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var (index, character) in text.Index())
        {
            if (Special.Contains(character) || (index == 0 && character is '-' or '+' or '='))
            {
                plain.Append('\\');
            }

            plain.Append(character);
        }

        return plain.ToString();
    }
}
