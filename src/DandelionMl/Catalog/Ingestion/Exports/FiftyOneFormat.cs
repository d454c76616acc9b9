using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>FiftyOne's <c>FiftyOneImageClassificationDataset</c>: a folder <c>data</c> of images, and <c>labels.json</c> with the label of each
/// by the image's name without its extension: its place among <c>classes</c>, a text, or an object with <c>label</c>.</summary>
/// <remarks>https://docs.voxel51.com/user_guide/export_datasets.html</remarks>
internal sealed class FiftyOneFormat() : ExportFormat("fiftyone", "FiftyOne")
{
    public override bool IsOf(JsonElement root) =>
        root.Get("labels") is { ValueKind: JsonValueKind.Object } && root.Get("classes") is null or { ValueKind: JsonValueKind.Array };

    public override IEnumerable<ExportedImage> Read(JsonElement root, ExportFiles files)
    {
        var classes = root.Get("classes").Items().Select(name => ((JsonElement?)name).Text()).ToList();
        foreach (var image in root.Get("labels")!.Value.EnumerateObject())
        {
            var name = image.Text();
            var (labels, wrong) = ReadLabels(image.Value, classes);
            yield return name is null || files.FindByStem(name) is not { } source
                ? ExportedImage.Failed(name ?? "a name", "The folder 'data' has no picture of this name, or several.")
                : new ExportedImage(source, labels, wrong is null ? null : $"Its label is class {wrong}, of {classes.Count}.");
        }
    }

    /// <returns>The labels, or the number of a class that there is not.</returns>
    private static (List<string> Labels, string? Wrong) ReadLabels(JsonElement value, List<string?> classes)
    {
        var found = new List<string>();
        foreach (var one in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [value])
        {
            JsonElement? label = one.ValueKind == JsonValueKind.Object ? one.Get("label") : one;
            if (label is { ValueKind: JsonValueKind.Number } number)
            {
                if (!number.TryGetInt32(out var place) || place < 0 || place >= classes.Count || classes[place] is not { } name)
                {
                    return ([], number.GetRawText());
                }

                found.Add(name);
            }
            else if (label.Text() is { } text)
            {
                found.Add(text);
            }
        }

        return (found, null);
    }
}
