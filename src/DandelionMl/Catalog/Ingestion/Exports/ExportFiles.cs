namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>The pictures that lie beside an export.</summary>
/// <param name="folder">The folder of the export's file.</param>
internal sealed class ExportFiles(string folder)
{
    // Where tools keep them.
    private static readonly string[] Places = ["", "data", "images"];

    private Dictionary<string, string?>? _byStem;

    /// <summary>The source of an address or of a path; a path is taken from the folder of the export, or from <c>data</c> or <c>images</c> in
    /// it. What is nowhere is named where it should be.</summary>
    public string Find(string name) => ImageSource.HasScheme(name) ? name : FindFile(name) ?? ImageSource.OfFile(Path.Combine(folder, name));

    /// <summary>The source of a path whose file is there; null if it is not.</summary>
    public string? FindFile(string path) =>
        ImageSource.HasScheme(path) ? null
        : Places.Select(place => Path.Combine(folder, place, path)).FirstOrDefault(File.Exists) is { } file ? ImageSource.OfFile(file) : null;

    /// <summary>The source of the one picture in <c>data</c> with a name, given with or without its extension; null if there is none, or several
    /// differ in the extension alone.</summary>
    public string? FindByStem(string name)
    {
        if (FindFile(name) is { } exact)
        {
            return exact;
        }

        return (_byStem ??= ListStems()).GetValueOrDefault(name.Replace('\\', '/')) is { } file ? ImageSource.OfFile(file) : null;
    }

    private Dictionary<string, string?> ListStems()
    {
        var (data, stems) = (Path.Combine(folder, "data"), new Dictionary<string, string?>(StringComparer.Ordinal));
        foreach (var file in Directory.Exists(data) ? FolderWalk.Files(data).Where(file => file.Failure is null) : [])
        {
            var stem = Path.ChangeExtension(Path.GetRelativePath(data, file.Path), null).Replace('\\', '/');
            stems[stem] = stems.ContainsKey(stem) ? null : file.Path;
        }

        return stems;
    }
}
