using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>How another tool writes labelled images into a JSON file.</summary>
/// <param name="id">Its id on the command line, such as <c>coco</c>.</param>
/// <param name="tool">What it is an export of, as people read it.</param>
internal abstract class ExportFormat(string id, string tool)
{
    /// <summary>Its id on the command line.</summary>
    public string Id => id;

    /// <summary>What it is an export of.</summary>
    public string Tool => tool;

    /// <summary>Whether a file is of this format, by its structure.</summary>
    public abstract bool IsOf(JsonElement root);

    /// <summary>Lists the images.</summary>
    /// <param name="root">A file of this format.</param>
    /// <param name="files">Where its pictures are.</param>
    public abstract IEnumerable<DatasetItem> Read(JsonElement root, ExportFiles files);

    /// <summary>An image with the labels that it was given: one is accepted.</summary>
    /// <param name="source">The image.</param>
    /// <param name="labels">Its labels; repeated ones count once.</param>
    /// <param name="unlabelled">Is counted up where there is none.</param>
    protected static IEnumerable<DatasetItem> Label(string source, IEnumerable<string> labels, ref int unlabelled)
    {
        var distinct = labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        switch (distinct)
        {
            case []:
                unlabelled++;
                return [];
            case [var label]:
                return [new DatasetItem(new ManifestEntry(source, label))];
            default:
                return [new DatasetItem(Failure: new IngestionFailure(source, $"It has {distinct.Count} labels: {string.Join(", ", distinct)}. One is accepted."))];
        }
    }

    /// <summary>Tells how many images had no label.</summary>
    protected static IEnumerable<DatasetItem> Unlabelled(int count) =>
        count == 0 ? [] : [new DatasetItem(Remark: $"Left out {(count == 1 ? "1 image" : $"{count} images")} without a label.")];
}
