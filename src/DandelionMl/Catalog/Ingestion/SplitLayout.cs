namespace DandelionMl.Catalog.Ingestion;

/// <summary>The layout of many exports: folders <c>train</c>, <c>valid</c> and <c>test</c>, each with one subfolder for each label.</summary>
internal static class SplitLayout
{
    private static readonly Dictionary<string, Part> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Part.Train,
        ["training"] = Part.Train,
        ["val"] = Part.Validation,
        ["valid"] = Part.Validation,
        ["validation"] = Part.Validation,
        ["dev"] = Part.Validation,
        ["test"] = Part.Test,
        ["testing"] = Part.Test,
    };

    private enum Part
    {
        Train,
        Validation,
        Test,
    }

    /// <summary>Whether folders are parts of a data set by their names, rather than labels.</summary>
    public static bool IsNamedSo(IReadOnlyCollection<string> folders) =>
        folders.Count > 0 && folders.All(folder => Names.ContainsKey(Path.GetFileName(folder)));

    /// <summary>Which parts to take: to train on, all but the test photos; to measure on, the test photos, else those for validation, else
    /// all.</summary>
    public static List<string> Choose(IReadOnlyCollection<string> folders, bool toMeasure)
    {
        var parts = folders.ToLookup(folder => Names[Path.GetFileName(folder)]);
        List<string> chosen = toMeasure
            ? [.. (parts.Contains(Part.Test) ? parts[Part.Test] : parts[Part.Validation])]
            : [.. folders.Where(folder => Names[Path.GetFileName(folder)] != Part.Test)];
        return chosen.Count > 0 ? chosen : [.. folders];
    }
}
