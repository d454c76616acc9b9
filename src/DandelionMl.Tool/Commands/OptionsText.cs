using System.Globalization;
using System.Text.Json;

namespace DandelionMl.Tool.Commands;

/// <summary>A version's training options, as people read them.</summary>
internal static class OptionsText
{
    /// <summary>Writes options.</summary>
    /// <param name="options">The options as they are kept, a JSON object.</param>
    /// <returns>Names and values; what is no JSON object as it is.</returns>
    public static string Of(string options)
    {
        try
        {
            using var document = JsonDocument.Parse(options);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                ? string.Join(", ", root.EnumerateObject().Select(option => $"{option.Name} {Show(option.Value)}"))
                : options;
        }
        catch (JsonException)
        {
            return options;
        }
    }

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble().ToString("0.####", CultureInfo.InvariantCulture),
        JsonValueKind.Array => $"[{string.Join("; ", value.EnumerateArray().Select(Show))}]",
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(item => $"{item.Name} {Show(item.Value)}")),
        _ => value.ToString(),
    };
}
