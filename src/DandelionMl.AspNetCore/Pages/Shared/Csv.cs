using System.Text;

namespace DandelionMl.AspNetCore.Pages.Shared;

/// <summary>Tables as people download them: RFC 4180, in UTF-8 with its mark, as spreadsheets know it by that.</summary>
internal static class Csv
{
    /// <summary>Begins the download of a table.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">The file's name.</param>
    /// <returns>What writes it; the caller disposes of it.</returns>
    public static StreamWriter Begin(HttpResponse response, string name)
    {
        Name(response, "text/csv; charset=utf-8", name);
        return new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
    }

    /// <summary>Makes an answer a file to keep.</summary>
    public static void Name(HttpResponse response, string contentType, string name)
    {
        response.ContentType = contentType;
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
    }

    public static Task WriteRowAsync(TextWriter writer, IEnumerable<string?> fields) =>
        writer.WriteAsync(string.Join(',', fields.Select(Quote)) + "\r\n");

    /// <summary>What a spreadsheet would take for a formula gets an apostrophe: anybody names photos, and themselves, as they like.</summary>
    public static string? WithoutFormula(string? name) => name is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + name : name;

    private static string Quote(string? field)
    {
        var text = field ?? "";
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
