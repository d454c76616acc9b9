using DandelionMl.Catalog.Ingestion.Exports;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>The formats of data sets by their ids, for people who name one.</summary>
internal static class DatasetFormats
{
    private const string Folder = "folder";
    private const string Manifest = "manifest";
    private const string HuggingFace = "hugging-face";

    /// <summary>The ids.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [Folder, Manifest, HuggingFace, .. ExportDataset.Formats.Select(format => format.Id)];

    /// <summary>Opens a file or a folder in a format.</summary>
    /// <param name="path">The file, or a folder.</param>
    /// <param name="id">One of <see cref="Ids"/>.</param>
    /// <exception cref="InvalidDatasetException">It has another format.</exception>
    public static IDataset Open(string path, string id)
    {
        var format = ExportDataset.Formats.FirstOrDefault(format => format.Id == id);
        return (id, Directory.Exists(path)) switch
        {
            (Folder, true) => new FolderDataset(path),
            (Manifest, false) => new ManifestDataset(path),
            (HuggingFace, true) => ExportFolder.Find(path, new RecordsFormat()) ?? throw Mismatch(path, "has no metadata.csv or metadata.jsonl of file_name and label"),
            (Folder or HuggingFace, false) => throw Mismatch(path, "is not a folder"),
            (Manifest, true) => throw Mismatch(path, "is a folder"),
            (_, true) => ExportFolder.Find(path, format) ?? throw Mismatch(path, $"has no export of {format!.Tool}"),
            _ => new ExportDataset(path, format!),
        };
    }

    /// <summary>Opens a file or a folder in the format that it seems to have.</summary>
    /// <param name="path">The file or the folder.</param>
    /// <param name="toMeasure">Whether a model is to be measured on it: of parts for training and test, the latter is taken.</param>
    /// <exception cref="InvalidDatasetException">A file can't be read, or has no format that is known.</exception>
    public static IDataset Recognise(string path, bool toMeasure = false)
    {
        if (!File.Exists(path))
        {
            return Directory.Exists(path) && ExportFolder.Find(path, format: null, toMeasure) is { } export ? export : new FolderDataset(path, toMeasure);
        }

        if (Path.GetExtension(path).ToLowerInvariant() is not (".json" or ".jsonl"))
        {
            return new ManifestDataset(path);
        }

        return ExportDataset.Recognise(path) is { } format
            ? new ExportDataset(path, format)
            : throw Mismatch(path, $"has no format that is known: {string.Join(", ", ExportDataset.Formats.Select(format => format.Tool))}");
    }

    private static InvalidDatasetException Mismatch(string path, string reason) => new($"'{path}' {reason}.");
}
