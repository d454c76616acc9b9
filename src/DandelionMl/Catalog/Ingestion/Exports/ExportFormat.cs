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
    public abstract IEnumerable<ExportedImage> Read(JsonElement root, ExportFiles files);
}

/// <summary>An image of an export.</summary>
/// <param name="Source">Where it is; or what it is called, where that can't be told.</param>
/// <param name="Labels">The labels that it was given, if any; one may come several times.</param>
/// <param name="Failure">Why it can't be taken; null if it can.</param>
internal readonly record struct ExportedImage(string Source, IEnumerable<string> Labels, string? Failure = null)
{
    /// <summary>An image that can't be taken.</summary>
    public static ExportedImage Failed(string name, string reason) => new(name, [], reason);
}
