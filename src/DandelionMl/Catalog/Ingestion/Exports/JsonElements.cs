using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>Reads JSON that others wrote: what is absent, or of another kind, is null or empty.</summary>
internal static class JsonElements
{
    /// <summary>A property by its name; null if there is none.</summary>
    public static JsonElement? Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text, or a number as one; null for anything else.</summary>
    public static string? Text(this JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.String } text => Guard(text.GetString) is { Length: > 0 } read ? read : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>A property's name; null if it is no text.</summary>
    public static string? Text(this JsonProperty property) => Guard(() => property.Name);

    /// <summary>The elements of a list; none for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>Whether it is a list of some elements, of which the first are all of a kind.</summary>
    public static bool IsListOf(this JsonElement? element, Func<JsonElement, bool> isOne)
    {
        const int looked = 20;
        return element is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list.EnumerateArray().Take(looked).All(isOne);
    }

    /// <summary>Half of a character, which JSON can write and no text has, is no text; no file's name has a NUL.</summary>
    private static string? Guard(Func<string?> read)
    {
        try
        {
            return read()?.Trim().Replace('\0', '\uFFFD');
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
