using System.Text;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>Texts as MLflow takes them. What is too long it cuts without a word; here it is cut so that it is seen.</summary>
internal static class MlflowText
{
    public const int MostOfParam = 6_000;
    public const int MostOfTag = 8_000;

    private const int MostOfKey = 250;
    private const string Cut = "…";

    public static string Param(string value) => Shorten(value, MostOfParam);

    public static string Tag(string value) => Shorten(value, MostOfTag);

    /// <summary>A name of a metric or param: letters, digits and <c>_ - / space</c>; others become <c>_</c>.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder();
        foreach (var rune in name.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            // A slash parts what it stands between, so there is something on each side.
            var isPart = rune.Value == '/' && key.Length > 0 && key[^1] != '/';
            key.Append(Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or ' ' || isPart ? rune.ToString() : "_");
        }

        var text = Limit(key.ToString(), MostOfKey - 10);
        return text.EndsWith('/') ? text + "_" : text;
    }

    /// <summary>The names of several, each another one.</summary>
    public static IReadOnlyDictionary<string, string> Keys(IEnumerable<string> names)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            var key = Key(name);
            var free = key;
            for (var number = 2; !taken.Add(free); number++)
            {
                free = $"{key}_{number}";
            }

            keys[name] = free;
        }

        return keys;
    }

    /// <summary>A logged model's name, which may hold fewer characters than a registered model's.</summary>
    public static string ModelName(string name) =>
        string.Concat(name.Select(character => character is '/' or ':' or '.' or '%' or '"' or '\'' ? '-' : character));

    private static string Shorten(string text, int most) => text.Length <= most ? text : Limit(text, most - Cut.Length) + Cut;

    private static string Limit(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
